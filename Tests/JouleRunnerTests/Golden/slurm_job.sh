#!/bin/bash
# Made by joulebench 1.2.3 for 5 runs in 3 tasks; plan.json lists them.
#SBATCH --job-name=joulebench-my_sweep
#SBATCH --array=1-3%4
#SBATCH --output=logs/%A_%a.log
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --partition=gpu
#SBATCH --account=physics
#SBATCH --gres=gpu:a100:1
#SBATCH --time=0-04:00:00
#SBATCH --signal=B:TERM@120

# A line that fails ends the task.
set -e
cd -- '/home/me/study'
module load cuda/12.4
source ~/venv/bin/activate
exec '/opt/joule bench/joulebench' sweep run --task "$SLURM_ARRAY_TASK_ID" '--require-energy' -- '/home/me/results/studies/my_sweep'
