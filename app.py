"""The door: without arguments it starts the Slack bot; `python app.py --help` lists the rest."""

from bot.cli import main

if __name__ == "__main__":
    main()
