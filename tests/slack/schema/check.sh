#!/usr/bin/env bash
# Makes JSON schemas from Slack's npm types and checks manifest.json and our blocks against them.
set -euo pipefail
cd "$(dirname "$0")"

npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
made=node_modules/.schemas
mkdir -p "$made"
generate() {
  npx --no-install ts-json-schema-generator --no-type-check --path "node_modules/@slack/$1" --type "$2" -o "$made/$2.json"
}
generate types/dist/index.d.ts KnownBlock
generate web-api/dist/types/request/manifest.d.ts Manifest

cd ../../..
.venv/bin/python -m pytest -m npm tests/slack/schema
