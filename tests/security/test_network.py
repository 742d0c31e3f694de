"""Nothing is sent to anybody at run time, whatever the environment says."""

from __future__ import annotations

import os
import subprocess
import sys

# Every address that is looked up or connected to is written down and refused.
SCRIPT = """
import socket, sys
tried = []
def refuse(kind):
    def attempt(*arguments, **named):
        tried.append((kind, str(arguments[:3])))
        raise OSError("no network here")
    return attempt
socket.socket.connect = refuse("connect")
socket.socket.connect_ex = refuse("connect")
socket.getaddrinfo = refuse("lookup")
from pathlib import Path
from analyst_agent.report import png
from analyst_agent.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]))
analyst = workspace.analyst()
answers = [analyst.ask(q) for q in ("What drove escalations last month?", "what does our policy say about P1?")]
png(answers[0].charts[0])
workspace.knowledge.search("export", spaces=None)
workspace.close()
print([a.status.value for a in answers], tried)
"""
TRACING = {
    "LANGSMITH_TRACING": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "lsv2_key",
    "LANGSMITH_ENDPOINT": "http://127.0.0.1:9",
    "OPENAI_API_KEY": "key",
    "OPENAI_BASE_URL": "http://127.0.0.1:9",
    "CHROMA_SERVER_HOST": "127.0.0.1",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}


def test_tracing_variables_of_another_project_send_nothing(demo_workspace):
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(demo_workspace)],
        env={**os.environ, **TRACING},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "['answered', 'answered'] []"
    assert "LangSmith" not in ran.stderr
