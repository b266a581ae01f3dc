// A stand-in for the amd-smi library whose power is a known function of the monotonic clock.
//
// Built as libFakeAMDSMI.so it exports the real library's names: a link called libamd_smi.so first on LD_LIBRARY_PATH makes it the
// machine's. It is set up by environment variables, read when the library is initialised; in those marked `;` each part belongs to one
// GPU, and the last one to all that follow.
//
//   FAKE_AMDSMI_DEVICES=1            how many GPUs, at 0000:c1:00.0, 0000:c2:00.0 …
//   FAKE_AMDSMI_WAVE=constant:300 ;  as in FakeNVML's wave.h
//   FAKE_AMDSMI_UPDATE_MS=10         accumulator and power move at multiples of this only (0: always)
//   FAKE_AMDSMI_GENERATION=26        first part of the library's version; 24 and before have other layouts of the power
//   FAKE_AMDSMI_COUNTER=on           off: no accumulator
//   FAKE_AMDSMI_POWER=current        which of the two powers the cards have: current, average, both, off
//   FAKE_AMDSMI_PARTITIONS=0         further processors on each socket
//   FAKE_AMDSMI_INIT=0               what amdsmi_init returns
//   FAKE_AMDSMI_LOST=                this GPU's handle is not known any more
#ifndef FAKE_AMDSMI_H
#define FAKE_AMDSMI_H

#include <stdint.h>

/// Replaces the environment by lines of the form NAME=VALUE, from now on and at once; NULL returns to the environment.
///
/// Holds for this loaded copy of the library: a test that loads a copy of the file has a machine of its own.
void fakeAmdsmiConfigure(const char *settings);

/// The energy that a GPU truly drew between two instants of CLOCK_MONOTONIC: the integral of its power, not a reading.
double fakeAmdsmiTruthJoules(unsigned device, int64_t start_ns, int64_t end_ns);

#endif
