// A stand-in for the NVIDIA Management Library whose power is a known function of the monotonic clock.
//
// Built as libFakeNVML.so it exports the real library's names, so that whatever reads libnvidia-ml.so.1 can read it: put a link of
// that name first on LD_LIBRARY_PATH. It is set up by environment variables, read when NVML is initialised. In those marked `;` each
// part belongs to one device, and the last one to all that follow. Power is a function of absolute CLOCK_MONOTONIC time, so the truth
// can be computed in any process that has the same variables.
//
//   FAKE_NVML_DEVICES=1              how many
//   FAKE_NVML_WAVE=constant:300   ;  square:low=100,high=500,period=0.7,phase=0.1,duty=0.5 (high first), ramp: and triangle: with the same
//                                    keys but duty, steps:100/300/200,each=2,phase=0; seconds and watts
//   FAKE_NVML_UPDATE_MS=20           counter and power move at multiples of this only (0: always), FAKE_NVML_UPDATE_PHASE_MS=0 later
//   FAKE_NVML_COUNTER=on             off: no total energy
//   FAKE_NVML_FIELDS=on              fields 185 and 186: on, off, instant, average, module (that scope alone)
//   FAKE_NVML_POWER_USAGE=instant    what nvmlDeviceGetPowerUsage gives: instant, average, off
//   FAKE_NVML_MODULE=             ;  power of the module around each GPU, as WAVE; off where it has none (fields of scope 1)
//   FAKE_NVML_SOCKET=             ;  which CPU socket each GPU lies next to: its index unless told otherwise; -1: the driver does not say
//   FAKE_NVML_REFUSE=                not supported: utilization,memory,temperature,clocks,limit,reasons,processes
//   FAKE_NVML_FAIL=                  read:0.01 (a share of readings fails), lost:1@5 (device 1, 5 s after the start),
//                                    init:no-permission|driver-not-loaded|version-mismatch|unknown|<code>; several with `;`
//   FAKE_NVML_SEED=1                 which readings fail
//   FAKE_NVML_RESET_AT=              the counters begin again at zero this many seconds after the start
//   FAKE_NVML_READ_US=0              what one reading costs
//   FAKE_NVML_NAME=NVIDIA H200    ;  FAKE_NVML_UUID=GPU-… ;  FAKE_NVML_PROCESSES=pid,pid ;  FAKE_NVML_MIG=0 ;  (slices of each device)
//                                    a pid computes from the start, pid@5 from 5 s after it, pid@5-9 until 9 s
//   FAKE_NVML_UTIL=                  per cent; else where the power lies between its extremes
//   FAKE_NVML_SM_MHZ=1755            the SM clock; 1755,1400@3 falls to 1400 MHz 3 s after the start
//   FAKE_NVML_THROTTLE=0             mask of clock event reasons, FAKE_NVML_LIMIT=700 watts, FAKE_NVML_MEMORY_USED_MIB=1024
#ifndef FAKE_NVML_H
#define FAKE_NVML_H

#include <stdint.h>

/// Replaces the environment by lines of the form NAME=VALUE, from now on and at once; NULL returns to the environment.
///
/// Holds for this loaded copy of the library: a test that loads a copy of the file has a machine of its own.
void fakeNvmlConfigure(const char *settings);

/// The energy that a device truly drew between two instants of CLOCK_MONOTONIC: the integral of its power, not a reading.
double fakeNvmlTruthJoules(unsigned device, int64_t start_ns, int64_t end_ns);

/// The power that a device truly draws at an instant.
double fakeNvmlTruthWatts(unsigned device, int64_t instant_ns);

#endif
