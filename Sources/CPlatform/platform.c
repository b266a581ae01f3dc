#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct jb_alarm {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    bool rung;
};

jb_alarm *jb_alarm_create(void) {
    jb_alarm *alarm = calloc(1, sizeof *alarm);
    if (!alarm) return NULL;
    pthread_mutex_init(&alarm->mutex, NULL);
#ifdef __linux__
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&alarm->condition, &attributes);
    pthread_condattr_destroy(&attributes);
#else
    pthread_cond_init(&alarm->condition, NULL);
#endif
    return alarm;
}

void jb_alarm_destroy(jb_alarm *alarm) {
    if (!alarm) return;
    pthread_cond_destroy(&alarm->condition);
    pthread_mutex_destroy(&alarm->mutex);
    free(alarm);
}

bool jb_alarm_wait_until(jb_alarm *alarm, int64_t deadline_ns) {
    pthread_mutex_lock(&alarm->mutex);
    int result = 0;
    while (!alarm->rung && result != ETIMEDOUT) {
#ifdef __linux__
        struct timespec deadline = {deadline_ns / 1000000000, deadline_ns % 1000000000};
        result = pthread_cond_timedwait(&alarm->condition, &alarm->mutex, &deadline);
#else
        int64_t left = deadline_ns - (int64_t)clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
        if (left <= 0) break;
        struct timespec relative = {left / 1000000000, left % 1000000000};
        result = pthread_cond_timedwait_relative_np(&alarm->condition, &alarm->mutex, &relative);
#endif
    }
    bool rung = alarm->rung;
    alarm->rung = false;
    pthread_mutex_unlock(&alarm->mutex);
    return rung;
}

void jb_alarm_ring(jb_alarm *alarm) {
    pthread_mutex_lock(&alarm->mutex);
    alarm->rung = true;
    pthread_cond_signal(&alarm->condition);
    pthread_mutex_unlock(&alarm->mutex);
}

bool jb_prepare_sampling_thread(const char *name) {
#ifdef __linux__
    pthread_setname_np(pthread_self(), name);
    // The kernel may delay a sleeping thread by its slack, 50 us unless told otherwise: a quarter of the polling interval.
    prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
#else
    pthread_setname_np(name);
#endif
    // The sampler must not die of, or react to, what is meant for the main program.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    struct sched_param parameter = {.sched_priority = 1};
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0;
}

// Set by one thread, read by the handler on whichever thread the signal interrupts; lock-free, as a handler needs it.
static _Atomic int signal_descriptor = -1;

static void on_signal(int number, siginfo_t *information, void *context) {
    (void)context;
    int saved = errno;
    jb_signal caught = {.number = number, .from_terminal = information && information->si_code > 0};
    int descriptor = signal_descriptor;
    if (descriptor >= 0) {
        ssize_t ignored = write(descriptor, &caught, sizeof caught);
        (void)ignored;
    }
    errno = saved;
}

int jb_signal_catch(int number, int descriptor) {
    signal_descriptor = descriptor;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

void jb_signal_release(int number) { signal(number, SIG_DFL); }

bool jb_own_usage(jb_usage *usage) {
    struct rusage own;
    if (getrusage(RUSAGE_SELF, &own) != 0) return false;
    usage->cpu_seconds = (double)own.ru_utime.tv_sec + (double)own.ru_utime.tv_usec * 1e-6 + (double)own.ru_stime.tv_sec +
                         (double)own.ru_stime.tv_usec * 1e-6;
    usage->voluntary_switches = own.ru_nvcsw;
    usage->involuntary_switches = own.ru_nivcsw;
    usage->resident_bytes = -1;
    usage->peak_resident_bytes = -1;
#ifdef __linux__
    /* Not ru_maxrss: it survives exec, and a tool that a large process started would have that one's peak for its own. */
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL) return true;
    char line[256];
    long long kibibytes;
    while (fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "VmHWM: %lld kB", &kibibytes) == 1) usage->peak_resident_bytes = (int64_t)kibibytes * 1024;
        if (sscanf(line, "VmRSS: %lld kB", &kibibytes) == 1) {
            usage->resident_bytes = (int64_t)kibibytes * 1024;
            break;
        }
    }
    fclose(status);
#else
    usage->peak_resident_bytes = (int64_t)own.ru_maxrss;
#endif
    return true;
}

int jb_pipe_cloexec(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
#else
    if (pipe(ends) != 0) return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}
