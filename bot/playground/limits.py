"""Every limit of the platform, in one table: lengths in characters, times in seconds.

Sources: docs.slack.dev/reference/block-kit/blocks and /reference/methods,
@slack/types 3.2.0, slack_sdk 3.47 (models/blocks), slackblocks 3.0.0 (spec/limits.json);
MESSAGE_BLOCK_TEXT is measured (slackapi/bolt-js issue 2509), not documented.
"""

from __future__ import annotations

from typing import Final

# messages
TEXT: Final = 40_000
TEXT_OF_AN_UPDATE: Final = 4_000
MARKDOWN_TEXT: Final = 12_000
MESSAGE_BLOCKS: Final = 50
MESSAGE_BLOCK_TEXT: Final = 13_200
VIEW_BLOCKS: Final = 100

# blocks
BLOCK_ID: Final = 255
SECTION_TEXT: Final = 3_000
SECTION_FIELDS: Final = 10
SECTION_FIELD_TEXT: Final = 2_000
HEADER_TEXT: Final = 150
CONTEXT_ELEMENTS: Final = 10
ACTIONS_ELEMENTS: Final = 25
CONTEXT_ACTIONS_ELEMENTS: Final = 5
MARKDOWN_TEXT_IN_ALL: Final = 12_000
MARKDOWN_ITEMS: Final = 50
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
TABLE_TEXT: Final = 10_000
TABLES: Final = 1
DATA_TABLE_ROWS: Final = 101
DATA_TABLE_TEXT: Final = 20_000
DATA_TABLE_PAGE: Final = 100
CHARTS: Final = 2
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20
CHART_AXIS_LABEL: Final = 50
CHART_SERIES: Final = 6
CHART_SEGMENTS: Final = 6
CHART_POINTS: Final = 20
PLAN_TASKS: Final = 50
CARD_TITLE: Final = 150
CARD_BODY: Final = 200
CARD_ACTIONS: Final = 3
CAROUSEL_CARDS: Final = 10
CONTAINER_TITLE: Final = 150
CONTAINER_BLOCKS: Final = 10
ALERT_TEXT: Final = 200
IMAGE_URL: Final = 3_000
IMAGE_ALT: Final = 2_000
INPUT_LABEL: Final = 2_000

# elements
TEXT_OBJECT: Final = 3_000
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
BUTTON_URL: Final = 3_000
AGENT_PROMPT: Final = 4_000
ACTION_ID: Final = 255
SELECT_OPTIONS: Final = 100
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OVERFLOW_OPTIONS: Final = 5
CHOICES: Final = 10
PLACEHOLDER: Final = 150
PLAIN_INPUT: Final = 3_000
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30

# views
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
CALLBACK_ID: Final = 255
VIEW_STACK: Final = 3
VIEW_BYTES: Final = 250_000

# files
FILE_ALT: Final = 1_000
FILE_CHANNELS: Final = 100
FILE_BYTES: Final = 20 * 2**20
"""What the page takes; Slack itself takes a gigabyte."""

# the agent surface
STATUS_MESSAGES: Final = 10
SESSION_TITLE: Final = 200
SUGGESTED_PROMPTS: Final = 4

# times
ACK_SECONDS: Final = 3.0
RETRY_SECONDS: Final = (0.0, 60.0, 300.0)
TRIGGER_SECONDS: Final = 3.0
RESPONSE_URL_SECONDS: Final = 30 * 60.0
RESPONSE_URL_USES: Final = 5
STREAM_SECONDS: Final = 5 * 60.0
CONNECTIONS: Final = 10
HISTORY: Final = 999
USERS: Final = 999

# rates: calls a minute by tier; posting is one a second in a channel, after a short burst
TIERS: Final = {1: 1, 2: 20, 3: 50, 4: 100}
POSTS_A_SECOND: Final = 1.0
POST_BURST: Final = 5
