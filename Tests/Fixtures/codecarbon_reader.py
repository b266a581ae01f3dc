"""Reads an emissions.csv with what CodeCarbon itself reads it with, and computes emissions with its own tables.

Usage: codecarbon_reader.py EMISSIONS_CSV ENERGIES_JSON

ENERGIES_JSON is a list of {"country", "region" or null, "kwh"}. Prints a JSON object: the row as CodeCarbon's board shows it, whether its
writer accepts the file and appends to it, and the grams of each energy by its own factors.
"""

import dataclasses
import json
import os
import shutil
import sys
import tempfile

import pandas as pd
from codecarbon.core.emissions import Emissions
from codecarbon.core.units import Energy
from codecarbon.external.geography import GeoMetadata
from codecarbon.input import DataSource
from codecarbon.output_methods.emissions_data import EmissionsData
from codecarbon.output_methods.file import FileOutput
from codecarbon.viz.data import Data

path, energies = sys.argv[1], json.loads(sys.argv[2])
frame = pd.read_csv(path)
row = frame.iloc[-1].to_dict()
data = EmissionsData(**row)
summary = Data.get_project_summary(Data.get_project_data(frame, row["project_name"]).data)

with tempfile.TemporaryDirectory() as folder:
    copy = os.path.join(folder, "emissions.csv")
    shutil.copy(path, copy)
    output = FileOutput("emissions.csv", folder)
    accepted = output.has_valid_headers(data)
    output.out(data, None)
    appended = pd.read_csv(copy)
    files = sorted(os.listdir(folder))

calculator = Emissions(DataSource())
grams = []
for item in energies:
    place = GeoMetadata(country_iso_code=item["country"], region=item["region"])
    grams.append(calculator.get_private_infra_emissions(Energy.from_energy(kWh=item["kwh"]), place) * 1000)

print(
    json.dumps(
        {
            "columns": list(frame.columns) == [field.name for field in dataclasses.fields(EmissionsData)],
            "numbers": {
                name: float(row[name])
                for name in ("duration", "emissions", "emissions_rate", "energy_consumed", "ram_energy", "pue")
            },
            "country": summary["country_name"],
            "total_energy": summary["total"]["energy_consumed"],
            "accepted": accepted,
            "appended": len(appended) == len(frame) + 1 and files == ["emissions.csv"],
            "same": bool(appended.iloc[-1]["emissions"] == row["emissions"]),
            "grams": grams,
        }
    )
)
