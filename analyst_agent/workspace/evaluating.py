"""The workspaces behind the eval cases: one a data set, made when first needed and gone with the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType

from analyst_agent.evaluation.cases import OWN_DATA
from analyst_agent.evaluation.expectations import OWNER, Caller
from analyst_agent.evaluation.setup import Absent, DataSet, third_party
from analyst_agent.records import Answer
from analyst_agent.resources import builtin_dir
from analyst_agent.settings import FILE_NAME, Settings, laid_over, read_settings
from analyst_agent.state.database import sqlite_url
from analyst_agent.warehouse.querying.restrictions import parse_restrictions
from analyst_agent.warehouse.reference import Reference, over_canonical, over_raw
from analyst_agent.workspace import PRIVATE, Workspace, find_workspace
from analyst_agent.workspace.conversing import converse
from analyst_agent.workspace.scope import callers_restrictions
from analyst_agent.workspace.starting import make_demo, make_workspace


class EvalData:
    """Makes, opens and closes the data sets of a run inside `place`; `views` are the cases' shared tables by data set.

    model_seconds: for all model calls of one answer, in place of the workspaces' setting.
    """

    def __init__(
        self, place: Path, views: Mapping[str, Mapping[str, str]], model: str, model_seconds: float | None = None
    ) -> None:
        self._place = place
        self._views = views
        self._model = model
        self._model_seconds = model_seconds
        self._workspaces: dict[tuple[str, date | None, Caller], Workspace] = {}
        self._references: list[Reference] = []
        self._roots: dict[str, tuple[Path, Settings]] = {}

    def __enter__(self) -> EvalData:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for workspace in self._workspaces.values():
            workspace.close()
        for reference in self._references:
            reference.close()

    def open(self, name: str) -> DataSet | Absent:
        """The demo, or a third-party set loaded through its built-in source."""
        folder = self._place / name
        if name == OWN_DATA:
            return self._own()
        if name == "demo":
            make_demo(folder)
            settings = self._workspace(name).settings
            reference = over_canonical(folder, settings.time_zone, settings.root_causes)
        else:
            raw = third_party(name, builtin_dir("evals").parent)
            if isinstance(raw, Absent):
                return raw
            self._load(folder, raw, name)
            reference = over_raw(raw)
        self._references.append(reference)
        reference.add(self._views.get(name, {}))
        return self._data_set(name, reference)

    def _own(self) -> DataSet | Absent:
        """The workspace the command is run in, with a memory of its own for the run: what is asked leaves no trace in its
        conversations, and what people said in it (labels, verified readings) does not take part.
        """
        root = find_workspace()
        settings = read_settings(root / FILE_NAME)
        restrictions = callers_restrictions(())
        if settings.engine or settings.scope or restrictions:
            why = (
                "the data are in an engine of their own"
                if settings.engine
                else "the workspace is restricted, and the SQL of a case is not"
            )
            return Absent(OWN_DATA, f"the cases over {OWN_DATA} cannot be asked: {why}")
        (self._place / PRIVATE).mkdir(parents=True, exist_ok=True)
        self._roots[OWN_DATA] = root, replace(settings, state_url=sqlite_url(self._place))
        reference = over_canonical(root, settings.time_zone, settings.root_causes)
        self._references.append(reference)
        reference.add(self._views.get(OWN_DATA, {}))
        return self._data_set(OWN_DATA, reference)

    def _data_set(self, name: str, reference: Reference) -> DataSet:
        def ask(question: str, conversation: str | None, today: date | None, caller: Caller) -> Answer:
            return converse(self._workspace(name, today, caller), question, conversation, self._model)

        return DataSet(name, ask, reference.rows)

    def _load(self, folder: Path, raw: Path, source: str) -> None:
        from analyst_agent.warehouse.load import load

        make_workspace(folder)
        workspace = self._workspace(source)
        load(workspace.root, [raw], settings=workspace.settings, source=source, derived=workspace.derived)

    def _workspace(self, name: str, today: date | None = None, caller: Caller = OWNER) -> Workspace:
        """The data set at a clock as a caller sees it: with the settings, role and restrictions of the case, and no others."""
        key = (name, today, caller)
        if key not in self._workspaces:
            folder = self._place / name
            root, settings = self._roots.get(name) or (folder, read_settings(folder / FILE_NAME))
            if caller.settings:
                settings = laid_over(settings, json.loads(caller.settings), "the settings of a case")
            if self._model_seconds is not None:
                settings = replace(settings, model_seconds=self._model_seconds)
            held = tuple(one for text in caller.restrict for one in parse_restrictions(text, "restrict of a case"))
            self._workspaces[key] = Workspace(root, settings, today, held, caller.role)
        return self._workspaces[key]
