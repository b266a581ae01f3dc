"""Logs one finished run of joulebench to Weights & Biases.

Reads the run from the JSON file that is its only argument, and writes one JSON object to standard output: {"url", "directory", "mode"}, or
{"error", "kind"}. Everything that the package prints goes to standard error. Keys and addresses come from WANDB_* variables.
"""

import json
import os
import sys

# What the package would send beyond the run that it is given.
QUIET = {
    "silent": True, "console": "off", "disable_git": True, "disable_code": True, "disable_job_creation": True, "save_code": False,
    "x_disable_stats": True, "x_disable_meta": True, "x_disable_machine_info": True,
    "x_save_requirements": False,
}


def log(run_file):
    with open(run_file, encoding="utf-8") as file:
        job = json.load(file)
    try:
        import wandb
    except ImportError as error:
        return {"kind": "package", "error": f"{error} ({sys.executable})"}
    known = getattr(wandb.Settings, "model_fields", {})
    settings = {key: value for key, value in {**QUIET, "init_timeout": job["timeout_seconds"]}.items() if key in known}
    try:
        run = wandb.init(
            project=job.get("project"), entity=job.get("entity"), name=job["name"], id=job["id"], resume="allow", notes=job["notes"],
            tags=job["tags"], config=job["config"], dir=job["directory"], settings=wandb.Settings(**settings))
        run.define_metric("time_seconds")
        run.define_metric("power_watts/*", step_metric="time_seconds")
        for row in job["history"]:
            run.log(row)
        run.summary.update(job["summary"])
        for path in job["files"]:
            run.save(path, base_path=os.path.dirname(path), policy="now")
        answer = {"url": run.url, "directory": os.path.dirname(run.dir), "mode": run.settings.mode}
        run.finish(exit_code=job["exit_code"])
        return answer
    except Exception as error:  # Whatever the package raises is for the person who started the run.
        text = " ".join(str(error).split()) or type(error).__name__
        kind = "key" if "API key" in text or "api_key" in text or "401" in text or "PERMISSION" in text else "service"
        return {"kind": kind, "error": text}


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    answer = log(sys.argv[1])
    json.dump(answer, answers)
    answers.write("\n")
    answers.flush()
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
