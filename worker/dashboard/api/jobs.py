"""List jobs, show one, stop one."""

from __future__ import annotations

from worker.dashboard.api.core.routing import ACT_WITHIN, Api, Body, Dashboard, Name, Text, Who
from worker.dashboard.security.access import Role
from worker.operations import job_report
from worker.operations import jobs as operations
from worker.operations.job_report import JobReport
from worker.operations.jobs import JobDetail, JobStatus, Stopped
from worker.operations.previews import Preview

api = Api("jobs")


class Stop(Body):
    """A look at what would be dropped, or the token of one."""

    dry_run: bool = False
    token: Text | None = None


@api.get("/jobs", list[JobStatus])
def list_jobs(state: Dashboard) -> list[JobStatus]:
    """Every job, the newest first: what `jobs list --json` prints."""
    return operations.jobs(state.services)


@api.post("/jobs/{job:path}/stop", Preview | Stopped, role=Role.EDITOR, errors=(404, 409), within=ACT_WITHIN)
def stop_job(state: Dashboard, who: Who, job: Name, body: Stop | None = None) -> Preview | Stopped:
    """Drop what still waits in this job and in no other, as `dropped-by-user`."""
    if body is not None and body.dry_run:
        return operations.preview_of_stop(state.services, job, who)
    return operations.stop(state.services, job, who, body.token if body else None)


@api.get("/job-reports/{job:path}", JobReport, errors=(404,))
def report_job(state: Dashboard, job: Name) -> JobReport:
    """What became of a job, and the labels, outlets, languages and days of its articles: what `jobs report --json` prints."""
    return job_report.report(state.services, job)


@api.get("/jobs/{job:path}", JobDetail, errors=(404,))
def show_job(state: Dashboard, job: Name) -> JobDetail:
    """How far the job with this name or number is, and what became of its items, by reason."""
    return operations.detail(state.services, job)
