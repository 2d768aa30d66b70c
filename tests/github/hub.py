"""A stand-in for GitHub: a repository's issues, pull requests, environments and runs, with the REST API that `gh` uses.

It listens on a Unix socket (`gh config set http_unix_socket`). A token carries the permissions of its job, and a
request without the permission is refused, as GitHub does.
"""

from __future__ import annotations

import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LONGEST = 65_536
"""Characters that GitHub accepts in a comment or an issue."""
BOT = "github-actions[bot]"


@dataclass
class Environment:
    """An environment in the repository's settings."""

    reviewers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    """The branches that may use it; empty: all of them."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    made_by_a_run: bool = False
    """Whether it is one that GitHub created because a job named it."""


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass
class Hub:
    """One repository on GitHub."""

    repository: str = "acme/okta"
    environments: dict[str, Environment] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """The permissions of each token."""
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Issues and pull requests, by number."""
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """The comments of each issue and pull request."""
    labels: dict[str, dict[str, Any]] = field(default_factory=dict)
    merged: dict[str, list[int]] = field(default_factory=dict)
    """The pull requests that a commit belongs to."""
    approvals: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The reviews of each run's deployments."""
    sarif: list[dict[str, Any]] = field(default_factory=list)
    """The uploaded results of code scanning."""
    requests: list[str] = field(default_factory=list)
    _last_id: int = 100

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def add_issue(self, title: str, body: str = "", *, pull: bool = False, labels: tuple[str, ...] = ()) -> int:
        """A new issue or pull request; the result is its number."""
        number = max(self.issues, default=0) + 1
        self.issues[number] = {
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "labels": [{"name": label} for label in labels],
            **({"pull_request": {}} if pull else {}),
        }
        self.comments[number] = []
        return number

    def add_comment(self, number: int, body: str, author: str = BOT) -> dict[str, Any]:
        """A new comment."""
        comment = {
            "id": self.next_id(),
            "body": self._text(body),
            "user": {"login": author, "type": "Bot" if author.endswith("[bot]") else "User"},
        }
        self.comments[number].append(comment)
        return comment

    def answer(self, method: str, path: str, query: Mapping[str, str], body: Any, token: str) -> Any:
        """The answer of the API. Raises `Refusal`."""
        self.requests.append(f"{method} {path}")
        if token not in self.tokens:
            raise Refusal(401, "Bad credentials")
        prefix = f"/repos/{self.repository}"
        if not path.startswith(prefix):
            raise Refusal(404, "Not Found")
        for verb, pattern, scopes, work in self._endpoints():
            match = re.fullmatch(pattern, path.removeprefix(prefix))
            if verb == method and match:
                self._permit(token, scopes, path)
                return work(*map(unquote, match.groups()), query=query, body=body or {})
        raise Refusal(404, f"this stand-in has no {method} {path}")

    def _permit(self, token: str, scopes: tuple[str, ...], path: str) -> None:
        granted = self.tokens[token]
        for scope in scopes:
            name, level = scope.split(":")
            number = re.search(r"/issues/(\d+)", path)
            if name == "pull-requests" and number and "pull_request" not in self.issues.get(int(number[1]), {}):
                continue  # the permission for pull requests does not reach plain issues
            if granted.get(name) in {level, "write"}:
                return
        raise Refusal(403, f"Resource not accessible by integration: needs one of {', '.join(scopes)}")

    def _endpoints(self) -> Iterator[tuple[str, str, tuple[str, ...], Callable[..., Any]]]:
        write = ("issues:write", "pull-requests:write")
        read = ("issues:read", "pull-requests:read")
        yield "GET", r"/issues", ("issues:read",), self._list_issues
        yield "POST", r"/issues", ("issues:write",), self._create_issue
        yield "PATCH", r"/issues/(\d+)", ("issues:write",), self._edit_issue
        yield "GET", r"/issues/(\d+)/comments", read, lambda number, **_: self.comments[int(number)]
        yield "POST", r"/issues/(\d+)/comments", write, self._create_comment
        yield "PATCH", r"/issues/comments/(\d+)", write, self._edit_comment
        yield "POST", r"/labels", ("issues:write",), self._create_label
        yield "GET", r"/commits/(\w+)/pulls", ("pull-requests:read",), self._pulls_of
        yield "GET", r"/pulls", ("pull-requests:read",), self._list_pulls
        yield "POST", r"/pulls", ("pull-requests:write",), self._create_pull
        yield "GET", r"/environments/([^/]+)", ("actions:read",), self._environment
        yield "GET", r"/environments/([^/]+)/deployment-branch-policies", ("actions:read",), self._branches
        yield "GET", r"/actions/runs/(\d+)/approvals", ("actions:read",), self._approvals_of

    def _text(self, text: str) -> str:
        if len(text) > LONGEST:
            raise Refusal(422, f"body is too long (maximum is {LONGEST} characters)")
        return text

    def _list_issues(self, *, query: Mapping[str, str], body: Any) -> list[dict[str, Any]]:
        wanted = set(filter(None, query.get("labels", "").split(",")))
        return [
            issue
            for issue in self.issues.values()
            if query.get("state", "open") in ("all", issue["state"])
            and wanted <= {label["name"] for label in issue["labels"]}
        ]

    def _create_issue(self, *, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        for label in body.get("labels", ()):
            self.labels.setdefault(label, {"name": label})
        number = self.add_issue(body["title"], self._text(body.get("body", "")), labels=tuple(body.get("labels", ())))
        return self.issues[number]

    def _edit_issue(self, number: str, *, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        self._text(body.get("body", ""))
        self.issues[int(number)] |= body
        return self.issues[int(number)]

    def _create_comment(self, number: str, *, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        return self.add_comment(int(number), body["body"])

    def _edit_comment(self, identity: str, *, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        for comments in self.comments.values():
            for comment in comments:
                if comment["id"] == int(identity):
                    comment["body"] = self._text(body["body"])
                    return comment
        raise Refusal(404, "Not Found")

    def _create_label(self, *, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if body["name"] in self.labels:
            raise Refusal(422, "Validation Failed: already_exists")
        self.labels[body["name"]] = body
        return body

    def _pulls_of(self, commit: str, *, query: Mapping[str, str], body: Any) -> list[dict[str, Any]]:
        return [
            {"number": number, "state": "closed", "merged_at": "2026-01-01T00:00:00Z"}
            for number in self.merged.get(commit, [])
        ]

    def _list_pulls(self, *, query: Mapping[str, str], body: Any) -> list[dict[str, Any]]:
        _, _, head = query.get("head", "").partition(":")
        return [
            issue
            for issue in self.issues.values()
            if "pull_request" in issue and issue["state"] == "open" and issue.get("head", "") == head
        ]

    def _create_pull(self, *, query: Mapping[str, str], body: dict[str, Any]) -> dict[str, Any]:
        number = self.add_issue(body["title"], self._text(body.get("body", "")), pull=True)
        self.issues[number] |= {"head": body["head"], "base": body["base"]}
        return self.issues[number]

    def _environment(self, name: str, *, query: Mapping[str, str], body: Any) -> dict[str, Any]:
        environment = self.environments.get(name)
        if environment is None:
            raise Refusal(404, "Not Found")
        rules: list[dict[str, Any]] = []
        if environment.reviewers:
            reviewers = [{"type": "User", "reviewer": {"login": login}} for login in environment.reviewers]
            rules.append({"id": 1, "type": "required_reviewers", "prevent_self_review": False, "reviewers": reviewers})
        policy = None
        if environment.branches:
            rules.append({"id": 2, "type": "branch_policy"})
            policy = {"protected_branches": False, "custom_branch_policies": True}
        return {"id": 1, "name": name, "protection_rules": rules, "deployment_branch_policy": policy}

    def _branches(self, name: str, *, query: Mapping[str, str], body: Any) -> dict[str, Any]:
        branches = self.environments[name].branches
        return {
            "total_count": len(branches),
            "branch_policies": [{"id": number, "name": branch} for number, branch in enumerate(branches)],
        }

    def _approvals_of(self, run: str, *, query: Mapping[str, str], body: Any) -> list[dict[str, Any]]:
        return self.approvals.get(run, [])


class _OnSocket(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    hub: Hub


class _OnLoopback(ThreadingHTTPServer):
    daemon_threads = True
    hub: Hub


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _OnSocket | _OnLoopback

    def address_string(self) -> str:
        return "unix"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        token = (self.headers.get("Authorization") or "").removeprefix("token ").removeprefix("Bearer ")
        address = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(address.query).items()}
        status = 200 if self.command != "POST" else 201
        headers: dict[str, str] = {}
        try:
            answer = self.server.hub.answer(self.command, address.path, query, body, token)
        except Refusal as refusal:
            status, answer = refusal.status, {"message": refusal.message}
        if self.command == "GET" and isinstance(answer, list):
            answer, headers = self._page(answer, query, address.path)
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _page(self, items: list[Any], query: Mapping[str, str], path: str) -> tuple[list[Any], dict[str, str]]:
        size, number = int(query.get("per_page", 30)), int(query.get("page", 1))
        rest = "&".join(f"{key}={value}" for key, value in query.items() if key not in {"page", "per_page"})
        following = f"https://api.github.com{path}?per_page={size}&page={number + 1}&{rest}"
        more = len(items) > size * number
        return items[size * (number - 1) : size * number], {"Link": f'<{following}>; rel="next"'} if more else {}

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle


@contextmanager
def serve(hub: Hub, socket: Path) -> Iterator[str]:
    """Serve the API on a Unix socket, for `gh`, and on loopback. The value is the address of the latter."""
    with _OnSocket(str(socket), _Handler) as for_gh, _OnLoopback(("127.0.0.1", 0), _Handler) as for_others:
        servers: tuple[_OnSocket | _OnLoopback, ...] = (for_gh, for_others)
        for server in servers:
            server.hub = hub
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{for_others.server_port}"
        finally:
            for server in servers:
                server.shutdown()
