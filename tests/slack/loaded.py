"""What a bot reads when it is first asked, read by the process that the others are forked from."""

from bot.language import available, load
from bot.metrics import catalogue

for _code in available():
    load(_code)
catalogue()
