#!/bin/bash
# Made by joulebench 1.2.3 for 5 runs in 5 tasks; plan.json lists them.
#SBATCH --job-name=joulebench-my_sweep
#SBATCH --array=1-5
#SBATCH --output=logs/%A_%a.log
#SBATCH --nodes=1
#SBATCH --ntasks=1

# A line that fails ends the task.
set -e
cd -- '/home/me/study'
export EMPTY=''
export HF_HOME='/scratch/it'\''s mine'
exec '/opt/joule bench/joulebench' sweep run --task "$SLURM_ARRAY_TASK_ID" -- '/home/me/results/studies/my_sweep'
