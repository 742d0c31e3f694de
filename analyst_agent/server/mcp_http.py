"""The Model Context Protocol at /mcp: each request stands alone, and is answered within the scope of its caller."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from analyst_agent.errors import AnalystError
from analyst_agent.server.callers import Caller
from analyst_agent.server.mcp_tools import mcp_server
from analyst_agent.server.problems import NotSignedIn, headers_of, status_of
from analyst_agent.server.service import Service, caller_of, service_of
from analyst_agent.server.staying import Stay
from analyst_agent.workspace import Workspace

PATH = "/mcp"


class McpEndpoint:
    """Answers at /mcp while its `running` block lasts."""

    def __init__(self) -> None:
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self, service: Service) -> AsyncIterator[None]:
        """Within it, requests are answered."""

        @contextmanager
        def opening(request: Any) -> Iterator[tuple[Workspace, Caller]]:
            caller: Caller = request.state.caller
            with service.workspace(caller) as workspace:
                yield workspace, caller

        # The guard of the whole server has looked at host and origin already.
        server = mcp_server(opening, lambda caller: service.answering.check(caller.owner))
        self._manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        async with self._manager.run():
            yield
        self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. There are no sessions, and so no stream to listen on: a call is one POST, and its reply is for whoever may
        have it when it comes.
        """
        request = Request(scope, receive)
        if request.method != "POST":
            error = {"code": "method_not_allowed", "message": "A call is a POST; there is no stream.", "hint": ""}
            await JSONResponse({"error": error}, 405, {"allow": "POST"})(scope, receive, send)
            return
        try:
            request.state.caller = await run_in_threadpool(caller_of, request)
            stay = Stay(service_of(request).people, request, request.state.caller)
            await self._answered(scope, receive, send, stay)
        except AnalystError as problem:
            who = {"www-authenticate": "Bearer"} if isinstance(problem, NotSignedIn) else {}
            headers = {**who, **headers_of(problem)}
            await JSONResponse({"error": problem.to_dict("api")}, status_of(problem), headers)(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, stay: Stay) -> None:
        """Raises NotSignedIn where the caller is let in no more once there is a reply."""
        refused: list[NotSignedIn] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                try:
                    await stay.check(now=True)
                except NotSignedIn as error:
                    refused.append(error)
            if not refused:
                await send(message)

        assert self._manager is not None, "the server is running"
        await self._manager.handle_request(scope, receive, sending)
        if refused:
            raise refused[0]
