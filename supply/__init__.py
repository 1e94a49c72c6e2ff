"""What the bot is built from: whether its packages have known holes, and under which licences they may be shipped."""
