# The bot with everything that PostgreSQL needs. What it keeps lies in /var/lib/mainstay.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 MAINSTAY_HOME=/var/lib/mainstay
WORKDIR /srv/mainstay

COPY requirements/postgres.lock requirements/postgres.lock
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements/postgres.lock

COPY app.py LICENSE workspace.toml ./
COPY bot bot
COPY knowledge knowledge
COPY prompts prompts

# Compiled here, for its user may not write beside the program; the demo company is made in .mainstay there.
RUN python -m compileall -q bot \
 && useradd --system --uid 10001 mainstay \
 && install -d -o mainstay -g mainstay /var/lib/mainstay \
 && ln -s /var/lib/mainstay .mainstay
USER mainstay
VOLUME /var/lib/mainstay
EXPOSE 3000

ENTRYPOINT ["python", "app.py"]
