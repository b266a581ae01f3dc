#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// A wait with an absolute deadline on the monotonic clock that another thread can cut short.
typedef struct jb_alarm jb_alarm;

jb_alarm *jb_alarm_create(void);
void jb_alarm_destroy(jb_alarm *alarm);
/// Waits until `deadline_ns` (CLOCK_MONOTONIC; CLOCK_UPTIME_RAW on macOS) or a ring. True when it was rung.
bool jb_alarm_wait_until(jb_alarm *alarm, int64_t deadline_ns);
/// Ends the current wait, or the next one at once.
void jb_alarm_ring(jb_alarm *alarm);

/// Prepares the calling thread for sampling: least timer slack, and real-time priority where it is allowed.
/// Returns whether SCHED_FIFO was granted.
bool jb_prepare_sampling_thread(const char *name);

/// A signal as it was caught: its number and whether the terminal sent it (to the whole process group) or another process did.
typedef struct {
    int32_t number;
    bool from_terminal;
} jb_signal;

/// Catches `number` from now on and writes a `jb_signal` to the descriptor. One descriptor serves all signals.
int jb_signal_catch(int number, int descriptor);
/// Restores the default action.
void jb_signal_release(int number);

/// What this process, with all its threads and without its children, has used so far.
typedef struct {
    /// User and system.
    double cpu_seconds;
    /// Times it gave up its processor to wait, each of which a wake-up ends, and times it was taken from it.
    int64_t voluntary_switches;
    int64_t involuntary_switches;
    /// Resident set in bytes, now and at its peak; negative where it cannot be read.
    int64_t resident_bytes;
    int64_t peak_resident_bytes;
} jb_usage;

/// Whether the kernel gave its account.
bool jb_own_usage(jb_usage *usage);

/// A function of a library and where its address goes.
typedef struct {
    /// The address of a function pointer.
    void *slot;
    const char *symbol;
} jb_library_function;

/// Opens the library of that name or path. NULL where it cannot, with the loader's words in `error`, cut to `error_size` bytes.
/// The library stays mapped until the process ends.
void *jb_library_open(const char *name, char *error, uint32_t error_size);
/// Looks the functions up; the slot of one that the library lacks becomes NULL.
void jb_library_find(void *library, const jb_library_function *functions, uint32_t count);

/// A pipe whose ends are closed in children; 0 or an errno.
int jb_pipe_cloexec(int ends[2]);

#endif
