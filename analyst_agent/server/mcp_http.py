"""The Model Context Protocol at /mcp: each request stands alone, and is answered within the scope of its caller."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from analyst_agent.errors import AnalystError
from analyst_agent.server.callers import Caller
from analyst_agent.server.mcp_tools import mcp_server
from analyst_agent.server.problems import status_of
from analyst_agent.server.service import Service, caller_of
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
        self._manager = StreamableHTTPSessionManager(mcp_server(opening), json_response=True, stateless=True)
        async with self._manager.run():
            yield
        self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request = Request(scope, receive)
        try:
            request.state.caller = await run_in_threadpool(caller_of, request)
        except AnalystError as error:
            headers = {"www-authenticate": "Bearer"} if error.code == "not_signed_in" else {}
            reply = JSONResponse({"error": error.to_dict()}, status_of(error), headers)
            await reply(scope, receive, send)
            return
        assert self._manager is not None, "the server is running"
        await self._manager.handle_request(scope, receive, send)
