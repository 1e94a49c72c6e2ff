"""Questions over real sockets: every way in, one answer each."""

from bot.types import Place


def test_a_mention_is_answered_in_its_thread(town, service):
    root = town.slack.mention(town.ana, town.channel, "what was churn last month?")
    answer = town.answer()
    assert answer["text"] == "Answer to: what was churn last month?"
    assert answer["thread_ts"] == root
    question, thread = service.asked[0]
    assert (question.text, question.place, question.asker) == ("what was churn last month?", Place.PUBLIC, town.ana)
    assert thread == f"T0HOME/{town.channel}/{root}"
