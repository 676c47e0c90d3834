"""Follows the log groups of the functions; `cargo xtask up` shows what this prints.

Every line goes to the file as the function wrote it, and to the screen shortened for reading. With --once
it fetches what there is and returns.
"""

import argparse
import json
import pathlib
import sys
import time

import boto3
import botocore.exceptions

import differences

POLL_SECONDS = 0.3
# Lambda's own lines. On AWS the template's SystemLogLevel keeps them out; MiniStack always writes them.
PLATFORM = ("START RequestId:", "END RequestId:", "REPORT RequestId:")
# Shown in this order, before everything else a line has.
FIRST = ("level", "message")
SKIPPED = ("timestamp", "target", "span", "spans", "filename", "line_number", "threadId")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint", required=True, help="address of MiniStack")
    parser.add_argument("--deployed", required=True, help="what deploy.py wrote")
    parser.add_argument("--file", required=True, help="where the lines are kept")
    parser.add_argument("--once", action="store_true", help="fetch what there is and return")
    arguments = parser.parse_args()

    groups = json.loads(pathlib.Path(arguments.deployed).read_text())["log_groups"]
    logs = boto3.client(
        "logs",
        endpoint_url=arguments.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    since = 0 if arguments.once else int(time.time() * 1000)
    seen = set()
    with open(arguments.file, "w", encoding="utf-8") as kept:
        while True:
            new = []
            for group, function in groups.items():
                for identity, event in differences.identified(fetch(logs, group, since)):
                    if identity not in seen:
                        seen.add(identity)
                        new.append((event["timestamp"], function, event["message"]))
            # A request passes through several functions: in the order of time, not of their names.
            for timestamp, function, message in sorted(new, key=lambda line: line[0]):
                # Lines of one millisecond may come in two polls: the next one looks again at the newest.
                since = max(since, timestamp)
                kept.write(f"{function} {message}\n")
                if not arguments.once and not message.startswith(PLATFORM):
                    print(readable(timestamp, function, message), flush=True)
            kept.flush()
            if arguments.once:
                return
            time.sleep(POLL_SECONDS)


def fetch(logs, group, since):
    try:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        return [event for page in pages for event in page["events"]]
    except botocore.exceptions.EndpointConnectionError:
        # The cloud is gone, and whoever started us says so.
        raise SystemExit(0) from None
    except logs.exceptions.ResourceNotFoundException:
        return []


def readable(timestamp, function, message):
    moment = time.strftime("%H:%M:%S", time.localtime(timestamp / 1000))
    text = message.strip()
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    if isinstance(line, dict):
        line |= line.pop("fields", {})
        shown = [str(line[name]) for name in FIRST if name in line]
        shown += [f"{name}={plain(value)}" for name, value in line.items() if name not in (*FIRST, *SKIPPED)]
        text = " ".join(shown)
    return f"{moment}  {function:<10}  {text}"


def plain(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)
