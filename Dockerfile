# One image for every process: the compose file names the command. Built from the lock, runs as nobody in particular.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/pressmark
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY worker worker
COPY classifier classifier
COPY pressmark pressmark
COPY seeds seeds
# What is not needed to run comes as extras: `docker build --build-arg EXTRAS=parquet,card .`
ARG EXTRAS=parquet
RUN /opt/pressmark/bin/pip install --no-cache-dir --constraint constraints.txt ".[${EXTRAS}]"

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /var/lib/pressmark pressmark
COPY --from=build /opt/pressmark /opt/pressmark
ENV PATH=/opt/pressmark/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PRESSMARK_DATA_DIR=/var/lib/pressmark/data
USER pressmark
WORKDIR /var/lib/pressmark
# Set up by the image so that a named volume mounted here belongs to the user.
RUN mkdir data
VOLUME /var/lib/pressmark/data
STOPSIGNAL SIGTERM
ENTRYPOINT ["pressmark"]
CMD ["--help"]
