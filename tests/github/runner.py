"""Runs workflows as GitHub does: jobs in the order of their needs, each step in bash with its contexts.

Workflows and local actions come from the repository at the commit that GitHub would take them from. Environments are
enforced: branches, reviewers, and secrets only for the jobs that name them. A run stops at a job that waits for an
approval; `Run.proceed` continues it.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.github import known_actions
from tests.github.expressions import Contexts, as_text
from tests.github.hub import Environment, Hub

LEVELS = {"none": 0, "read": 1, "write": 2}


class InvalidWorkflow(Exception):
    """GitHub would not start this run."""


@dataclass
class Machine:
    """What all runs share: the repository on GitHub, and a runner's software."""

    hub: Hub
    origin: Path
    """The bare repository; its parents are the server and the owner."""
    root: Path
    """A folder for the workspaces of jobs."""
    environment: Mapping[str, str]
    """The variables of a fresh runner."""
    actions: Mapping[str, Path] = field(default_factory=dict)
    """The folders of actions that other repositories use, such as `acme/reconciler/action@v1`."""
    api: str = ""
    """The address of GitHub's API."""
    identity: str = ""
    """The address of the service that issues OpenID Connect tokens to jobs that may have them."""
    runs: int = 0

    @property
    def server(self) -> str:
        """The server's URL: repositories are below it."""
        return (self.origin.parents[1]).as_uri()

    def git(self, *arguments: str) -> str:
        """The output of git in the repository on the server."""
        return subprocess.run(
            ["git", "-C", str(self.origin), *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    def head(self, branch: str = "main") -> str:
        """The commit at the head of a branch."""
        return self.git("rev-parse", branch)

    def start(
        self,
        workflow: str,
        event: str,
        payload: Mapping[str, Any] | None = None,
        *,
        branch: str = "main",
        sha: str = "",
        code: str = "",
        inputs: Mapping[str, Any] | None = None,
    ) -> Run:
        """Start a workflow, and run it until it ends or waits. `code` is the commit of the workflow's file."""
        self.runs += 1
        sha = sha or self.head(branch)
        body = yaml.load(self.git("show", f"{code or sha}:.github/workflows/{workflow}.yml"), yaml.BaseLoader)
        number = str(1000 + self.runs)
        details: dict[str, Any] = dict(payload or {})
        if event != "schedule":  # whose payload does not describe the repository
            details["repository"] = {"full_name": self.hub.repository, "default_branch": "main"}
        github = {
            "event_name": event,
            "event": details | ({"inputs": dict(inputs)} if inputs else {}),
            "ref": f"refs/heads/{branch}",
            "ref_name": branch,
            "sha": sha,
            "repository": self.hub.repository,
            "repository_owner": self.hub.repository.partition("/")[0],
            "run_id": number,
            "run_attempt": "1",
            "server_url": self.server,
            "actor": "someone",
            "workflow": body["name"],
            "workspace": "",
            "token": "",
        }
        run = Run(self, body, github, dict(inputs or {}), self.root / f"run-{number}", code=code or sha)
        return run.proceed()


@dataclass
class Job:
    """One job of a run, or one combination of its matrix."""

    name: str
    body: dict[str, Any]
    matrix: dict[str, Any]
    result: str = ""
    """Empty while it waits: success, failure or skipped."""
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    environment: str = ""
    waits_for: str = ""
    """The environment whose reviewers have not answered."""
    concurrency: dict[str, str] = field(default_factory=dict)
    called: Run | None = None
    """The run of a reusable workflow."""
    given: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """The variables of each script that was run, with the command of the action or the name of the step."""

    def __str__(self) -> str:
        return f"{self.name} {self.matrix or ''}: {self.result or 'waits'}\n{self.log}"


@dataclass
class Run:
    """A run of a workflow, or of a reusable one that it calls."""

    machine: Machine
    body: dict[str, Any]
    github: dict[str, Any]
    inputs: dict[str, Any]
    folder: Path
    code: str = ""
    artifacts: dict[str, Path] = field(default_factory=dict)
    jobs: dict[str, list[Job]] = field(default_factory=dict)
    limit: Mapping[str, str] | None = None
    """The permissions of the job that called this workflow."""
    inherits: bool = True
    """Whether the caller passes its secrets."""

    def proceed(self) -> Run:
        """Run every job that can run now."""
        bodies: dict[str, dict[str, Any]] = self.body["jobs"]
        moved = True
        while moved:
            moved = False
            for name, body in bodies.items():
                needs = _listed(body.get("needs"))
                if any(not self.result(need) for need in needs):
                    continue
                if name not in self.jobs:
                    self.jobs[name] = self._expanded(name, body)
                    moved = True
                for job in self.jobs[name]:
                    if not job.result:
                        self._run(name, job)
                        moved = moved or bool(job.result)
        return self

    def result(self, name: str) -> str:
        """The result of a job with all its combinations; empty while it waits."""
        jobs = self.jobs.get(name)
        if jobs is None or any(not job.result for job in jobs):
            return ""
        results = {job.result for job in jobs}
        return next((each for each in ("failure", "cancelled", "success") if each in results), "skipped")

    @property
    def conclusion(self) -> str:
        """The result of the run; empty while it waits."""
        results = [self.result(name) for name in self.body["jobs"]]
        if not all(results):
            return ""
        return "failure" if "failure" in results else "success"

    def all_jobs(self) -> list[Job]:
        """The jobs, those of called workflows included."""
        found = []
        for job in itertools.chain.from_iterable(self.jobs.values()):
            found.append(job)
            found += job.called.all_jobs() if job.called else []
        return found

    def job(self, name: str, environment: str = "") -> Job:
        """The job of this name, here or in a called workflow."""
        (found,) = (
            job
            for job in self.all_jobs()
            if job.name == name and (not environment or environment in (job.matrix.get("environment"), job.environment))
        )
        return found

    def waiting(self) -> list[str]:
        """The environments whose reviewers are asked."""
        return [job.waits_for for job in self.all_jobs() if job.waits_for]

    def review(self, environment: str, state: str = "approved") -> Run:
        """Answer for an environment as one of its reviewers, and continue."""
        assert environment in self.waiting(), f"nothing waits for {environment}: {self.waiting()}"
        reviewers = self.machine.hub.environments[environment].reviewers
        review = {"state": state, "environments": [{"name": environment}], "user": {"login": reviewers[0]}}
        self.machine.hub.approvals.setdefault(self.github["run_id"], []).append(review)
        return self.proceed()

    @property
    def log(self) -> str:
        """What all steps printed."""
        return "\n".join(map(str, self.all_jobs()))

    @property
    def summary(self) -> str:
        """The summaries of all jobs."""
        return "\n".join(job.summary for job in self.all_jobs())

    def _contexts(self, job: Job, **more: Any) -> Contexts:
        needs = {
            name: {"result": self.result(name), "outputs": self._outputs(name)}
            for name in _listed(job.body.get("needs"))
        }
        results = {each["result"] for each in needs.values()}
        status = "failure" if results & {"failure", "skipped"} else "success"
        values = {
            "github": self.github,
            "needs": needs,
            "matrix": job.matrix,
            "inputs": self.inputs,
            "vars": self.machine.hub.variables,
            **more,
        }
        return Contexts(values, status)

    def _outputs(self, name: str) -> dict[str, str]:
        return {key: value for job in self.jobs.get(name, []) for key, value in job.outputs.items()}

    def _expanded(self, name: str, body: dict[str, Any]) -> list[Job]:
        """The job, once for each combination of its matrix; skipped if its condition does not hold."""
        plain = Job(name, body, {})
        contexts = self._contexts(plain)
        if not contexts.holds(body.get("if")):
            plain.result = "skipped"
            return [plain]
        matrix = contexts.interpolate(body.get("strategy", {}).get("matrix", {}))
        axes = {key: contexts.interpolate(values) for key, values in matrix.items()}
        include = axes.pop("include", [])
        combinations = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
        expanded = [*(each for each in combinations if each), *include]
        if matrix and not expanded:
            raise InvalidWorkflow(f"{name}: the matrix is empty")
        return [Job(name, body, dict(each)) for each in expanded] or [plain]

    def _run(self, name: str, job: Job) -> None:
        contexts = self._contexts(job)
        contexts.status = "success"
        granted = self._granted(job)
        job.concurrency = {key: contexts.text(value) for key, value in (job.body.get("concurrency") or {}).items()}
        if "uses" in job.body:
            self._call(job, contexts, granted)
            return
        environment = Environment()
        if named := job.body.get("environment"):
            job.environment = contexts.text(named["name"] if isinstance(named, dict) else named)
            hub = self.machine.hub
            environment = hub.environments.setdefault(job.environment, Environment(made_by_a_run=True))
            if environment.branches and self.github["ref_name"] not in environment.branches:
                job.result = "failure"
                job.log += f"{self.github['ref_name']} is not allowed to deploy to {job.environment}\n"
                return
            if environment.reviewers:
                answers = [
                    review["state"]
                    for review in hub.approvals.get(self.github["run_id"], [])
                    if any(each["name"] == job.environment for each in review["environments"])
                ]
                job.waits_for = "" if answers else job.environment
                if not answers:
                    return
                if answers[-1] != "approved":
                    job.result = "failure"
                    job.log += f"the deployment to {job.environment} was rejected\n"
                    return
        token = f"token-{self.folder.name}-{name}-{'-'.join(map(str, job.matrix.values()))}"
        self.machine.hub.tokens[token] = granted
        JobRunner(self, job, environment, token, granted).run()

    def _granted(self, job: Job) -> Mapping[str, str]:
        granted = job.body.get("permissions", self.body.get("permissions", {}))
        if self.limit is not None:
            for scope, level in granted.items():
                if LEVELS[level] > LEVELS[self.limit.get(scope, "none")]:
                    raise InvalidWorkflow(f"{job.name} asks for {scope}: {level}, which its caller does not have")
        return dict(granted)

    def _call(self, job: Job, contexts: Contexts, granted: Mapping[str, str]) -> None:
        """Run a reusable workflow of this repository, from the same commit."""
        if job.called is None:
            file = job.body["uses"].removeprefix("./")
            body = yaml.load(self.machine.git("show", f"{self.code}:{file}"), yaml.BaseLoader)
            declared = body["on"]["workflow_call"].get("inputs", {})
            given = {key: contexts.interpolate(value) for key, value in job.body.get("with", {}).items()}
            if unknown := set(given) - set(declared):
                raise InvalidWorkflow(f"{file} has no inputs {unknown}")
            inputs = {key: given.get(key, each.get("default", "")) for key, each in declared.items()}
            folder = self.folder / f"{job.name}-{'-'.join(map(str, job.matrix.values()))}"
            job.called = Run(
                self.machine, body, self.github, inputs, folder, self.code, self.artifacts, limit=granted,
                inherits=job.body.get("secrets") == "inherit",
            )  # fmt: skip
        job.result = job.called.proceed().conclusion
        outputs = job.called.body["on"]["workflow_call"].get("outputs", {})
        if job.result:
            jobs = {name: {"outputs": job.called._outputs(name)} for name in job.called.jobs}
            job.outputs = {key: Contexts({"jobs": jobs}).text(each["value"]) for key, each in outputs.items()}


class JobRunner:
    """Runs the steps of one job."""

    def __init__(self, run: Run, job: Job, environment: Environment, token: str, granted: Mapping[str, str]) -> None:
        self.run_of = run
        self.job = job
        self.token = token
        self.granted = granted
        self.folder = run.folder / token
        self.workspace = self.folder / "work"
        self.temp = self.folder / "temp"
        for folder in (self.workspace, self.temp):
            folder.mkdir(parents=True)
        hub = run.machine.hub
        secrets = dict(environment.secrets) if run.inherits else {}
        self.values = {
            "github": run.github | {"token": token, "workspace": str(self.workspace), "job": job.name},
            "needs": run._contexts(job).values["needs"],
            "matrix": job.matrix,
            "inputs": run.inputs,
            "vars": {**hub.variables, **environment.variables},
            "secrets": {**secrets, "GITHUB_TOKEN": token},
            "runner": {"temp": str(self.temp), "os": "Linux", "arch": "X64"},
            "strategy": {},
            "steps": {},
        }
        self.event = self.temp / "event.json"
        self.event.write_text(json.dumps(run.github["event"]))

    def run(self) -> None:
        """Run the job's steps, and set its result, outputs and summary."""
        contexts = Contexts(self.values | {"env": {}})
        environment = {key: contexts.text(value) for key, value in self.job.body.get("env", {}).items()}
        status = self.steps(self.job.body["steps"], self.values, environment)
        self.job.result = status
        steps = Contexts(self.values)
        self.job.outputs = {key: steps.text(value) for key, value in self.job.body.get("outputs", {}).items()}

    def steps(self, bodies: list[dict[str, Any]], values: dict[str, Any], environment: dict[str, str]) -> str:
        """Run steps in order. Returns the status at their end."""
        status = "success"
        for body in bodies:
            contexts = Contexts(values | {"env": environment}, status)
            known = {"outputs": {}, "outcome": "skipped", "conclusion": "skipped"}
            if contexts.holds(body.get("if")):
                own = environment | {key: contexts.text(value) for key, value in body.get("env", {}).items()}
                known["outputs"], succeeded = self._step(body, values, own)
                known["outcome"] = "success" if succeeded else "failure"
                goes_on = contexts.text(body.get("continue-on-error", "false")) == "true"
                known["conclusion"] = "success" if succeeded or goes_on else "failure"
                if known["conclusion"] == "failure":
                    status = "failure"
            if "id" in body:
                values["steps"] = {**values["steps"], body["id"]: known}
        return status

    def _step(
        self, body: dict[str, Any], values: dict[str, Any], environment: dict[str, str]
    ) -> tuple[dict[str, str], bool]:
        contexts = Contexts(values | {"env": environment})
        self.job.log += f"--- {body.get('name') or body.get('uses')}\n"
        if "run" in body:
            return self._script(body, contexts, environment)
        given = {key: contexts.text(value) for key, value in body.get("with", {}).items()}
        if body["uses"] in (elsewhere := self.run_of.machine.actions):
            return self._composite(elsewhere[body["uses"]], given, values, environment)
        if not body["uses"].startswith("./"):
            try:
                return known_actions.run(body["uses"], given, self), True
            except known_actions.ActionFailed as failure:
                self.job.log += f"{failure}\n"
                return {}, False
        return self._composite(self.workspace / body["uses"], given, values, environment)

    def _composite(
        self, folder: Path, given: dict[str, str], values: dict[str, Any], environment: dict[str, str]
    ) -> tuple[dict[str, str], bool]:
        body = yaml.load((folder / "action.yml").read_text(), yaml.BaseLoader)
        declared = body.get("inputs", {})
        if unknown := set(given) - set(declared):
            raise InvalidWorkflow(f"{folder.name} has no inputs {unknown}")
        inputs = {key: given.get(key, each.get("default", "")) for key, each in declared.items()}
        inner = {key: value for key, value in values.items() if key not in {"secrets", "needs", "vars"}}
        inner |= {
            "inputs": inputs,
            "steps": {},
            "github": values["github"] | {"action_path": str(folder)},
        }
        status = self.steps(body["runs"]["steps"], inner, environment)
        contexts = Contexts(inner)
        outputs = {key: contexts.text(each["value"]) for key, each in body.get("outputs", {}).items()}
        return outputs, status == "success"

    def _script(
        self, body: dict[str, Any], contexts: Contexts, environment: dict[str, str]
    ) -> tuple[dict[str, str], bool]:
        script = self.temp / "script.sh"
        script.write_text(contexts.text(body["run"]))
        files = {name: self.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        github = contexts.values["github"]
        given = {
            **self.run_of.machine.environment,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.run_of.machine.api,
            "GITHUB_EVENT_PATH": str(self.event),
            "RUNNER_TEMP": str(self.temp),
            **{
                f"GITHUB_{name.upper()}": as_text(github[name])
                for name in (
                    "actor",
                    "event_name",
                    "job",
                    "ref",
                    "ref_name",
                    "repository",
                    "run_id",
                    "server_url",
                    "sha",
                )
            },
            "GITHUB_WORKSPACE": str(self.workspace),
            **({"GITHUB_ACTION_PATH": github["action_path"]} if "action_path" in github else {}),
            **self._identity(),
            **{name: str(file) for name, file in files.items()},
            **environment,
        }
        strict = ["--noprofile", "--norc", "-eo", "pipefail"] if body.get("shell") == "bash" else ["-e"]
        folder = self.workspace / contexts.text(body.get("working-directory", "."))
        started = time.monotonic()
        ran = subprocess.run(
            ["bash", *strict, str(script)],
            cwd=folder,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.job.log += f"{ran.stdout}({time.monotonic() - started:.1f} s)\n"
        if ran.returncode:
            self.job.log += f"exit code {ran.returncode}\n"
        self.job.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        self.job.given.append((environment.get("COMMAND") or body.get("name", ""), given))
        return _outputs(files["GITHUB_OUTPUT"].read_text()), ran.returncode == 0

    def _identity(self) -> dict[str, str]:
        """What a job with the permission `id-token: write` asks for its tokens with."""
        if self.granted.get("id-token") != "write":
            return {}
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.run_of.machine.identity}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": f"identity-of-{self.token}",
        }

    def kept(self, name: str) -> Path:
        """The folder of an artifact of this run that does not exist yet."""
        if name in self.run_of.artifacts:
            raise known_actions.ActionFailed(f"there is an artifact {name} already")
        folder = self.run_of.folder / "artifacts" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.run_of.artifacts[name] = folder
        return folder


def _outputs(text: str) -> dict[str, str]:
    """What a script wrote to `$GITHUB_OUTPUT`."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if "<<" in line and "=" not in line.partition("<<")[0]:
            name, _, end = line.partition("<<")
            found[name] = "\n".join(iter(lines.__next__, end))
        else:
            name, _, found[name] = line.partition("=")
    return found


def _listed(value: Any) -> list[str]:
    return [] if not value else [value] if isinstance(value, str) else list(value)


def clean_environment(home: Path, *folders: Path, **more: str) -> dict[str, str]:
    """The variables of a runner: only these folders, then the system's, on PATH."""
    path = os.pathsep.join([*map(str, folders), "/usr/local/bin", "/usr/bin", "/bin"])
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "TMPDIR": os.environ.get("TMPDIR", "/tmp"), **more}
