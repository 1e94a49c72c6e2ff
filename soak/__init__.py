"""The bot under load while everything around it fails: every question answered once, no schedule missed, nothing lost.

postgres    a PostgreSQL of its own, for the records
gate        the door before it, which can be shut
model       a language model on this machine that hangs now and then
bots        the bot's processes: started, killed, started again, their memory looked at
load        who asks what, where and how fast, and the summaries that fall due meanwhile
faults      what befalls them, and when
verdict     what should have come of it, and what did
run         all of it together
"""
