#!/usr/bin/env bash
# Makes a Python environment with MLflow's tracking server. The whole of MLflow brings 1 GB of packages for training; its skinny
# distribution and what the server imports are a third of that. Says on stdout where it is:
#
#     PYTHON=<interpreter>
set -euo pipefail
source "$(dirname "$0")/python-environment.sh"
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false
make_environment mlflow 'mlflow-skinny==3.17.2 Flask flask-cors sqlalchemy alembic graphene aiohttp numpy pandas' 350 \
    'import mlflow.server.fastapi_app'
echo "PYTHON=$environment/bin/python"
