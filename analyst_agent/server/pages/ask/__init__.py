"""Conversations: a question is asked, its answer comes step by step, each number opens, and what was said before is found again."""

from __future__ import annotations

from fastapi import APIRouter

from analyst_agent.server.pages.ask import conversations, numbers, streaming, tables, turns

PATH, NAME, PERMISSION = "/", "Ask", "ask"
router = APIRouter()
for _part in (conversations, streaming, turns, tables, numbers):
    router.include_router(_part.router)
