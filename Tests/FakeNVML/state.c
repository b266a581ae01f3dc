#include "state.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "FakeNVML.h"

fake_settings fake;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int users;
static int read_once;
static int64_t start_ns;
static char *override_text;
static uint64_t dice;

static int64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void read_settings(void) {
    fake_settings_read(override_text, &fake);
    dice = fake.seed;
    read_once = 1;
}

int fake_start(void) {
    pthread_mutex_lock(&lock);
    if (users == 0) {
        read_settings();
        start_ns = now_ns();
    }
    int result = fake.init_result;
    if (result == SUCCESS) users++;
    pthread_mutex_unlock(&lock);
    return result;
}

int64_t fake_age_ns(void) { return now_ns() - start_ns; }

int fake_stop(void) {
    pthread_mutex_lock(&lock);
    int result = users > 0 ? SUCCESS : UNINITIALIZED;
    if (users > 0) users--;
    pthread_mutex_unlock(&lock);
    return result;
}

void fake_ensure_settings(void) {
    pthread_mutex_lock(&lock);
    if (!read_once) read_settings();
    pthread_mutex_unlock(&lock);
}

void fakeNvmlConfigure(const char *settings) {
    pthread_mutex_lock(&lock);
    free(override_text);
    override_text = settings == NULL ? NULL : strdup(settings);
    read_settings();
    pthread_mutex_unlock(&lock);
}

double fakeNvmlTruthJoules(unsigned device, int64_t from_ns, int64_t to_ns) {
    fake_ensure_settings();
    if (device >= FAKE_MOST_DEVICES) return 0;
    const fake_wave *wave = &fake.devices[device].wave;
    return fake_wave_joules(wave, to_ns) - fake_wave_joules(wave, from_ns);
}

double fakeNvmlTruthWatts(unsigned device, int64_t instant_ns) {
    fake_ensure_settings();
    return device >= FAKE_MOST_DEVICES ? 0 : fake_wave_watts(&fake.devices[device].wave, instant_ns);
}

// Relaxed is enough: the count is only compared with zero, and nothing is published through it.
int fake_running(void) { return __atomic_load_n(&users, __ATOMIC_RELAXED) > 0; }

int fake_enter(nvmlDevice_t device) {
    if (!fake_running()) return UNINITIALIZED;
    if (device == NULL) return INVALID_ARGUMENT;
    int64_t lost = fake.devices[device->index].lost_after_ns;
    return lost >= 0 && now_ns() - start_ns >= lost ? GPU_IS_LOST : SUCCESS;
}

/// A read that takes its time: a wait on the clock, exact where a sleep would round up.
static void take_time(void) {
    if (fake.read_ns <= 0) return;
    int64_t end = now_ns() + fake.read_ns;
    if (fake.read_ns > 500000) {
        struct timespec nap = {0, fake.read_ns - 200000};
        nanosleep(&nap, NULL);
    }
    while (now_ns() < end) {}
}

/// The SplitMix64 generator (Steele, Lea and Flood 2014), so that a seed gives the same failures each time.
static double roll(void) {
    uint64_t next = __atomic_add_fetch(&dice, 0x9e3779b97f4a7c15ull, __ATOMIC_RELAXED);
    next ^= next >> 30;
    next *= 0xbf58476d1ce4e5b9ull;
    next ^= next >> 27;
    next *= 0x94d049bb133111ebull;
    next ^= next >> 31;
    return (double)(next >> 11) * 0x1p-53;
}

int fake_enter_reading(nvmlDevice_t device) {
    int status = fake_enter(device);
    if (status != SUCCESS) return status;
    if (device->slice >= 0) return NOT_SUPPORTED;
    take_time();
    return fake.failing_reads > 0 && roll() < fake.failing_reads ? UNKNOWN : SUCCESS;
}

/// The last instant at which the sensor was updated.
static int64_t last_update(int64_t ns) {
    if (fake.update_ns <= 0) return ns;
    int64_t since = ns - fake.update_phase_ns, rest = since % fake.update_ns;
    return ns - (rest < 0 ? rest + fake.update_ns : rest);
}

double fake_counter_joules(nvmlDevice_t device) {
    int64_t update = last_update(now_ns());
    double joules = fake_wave_joules(&device->wave, update);
    if (fake.reset_after_ns < 0 || update < start_ns + fake.reset_after_ns) return joules;
    return joules - fake_wave_joules(&device->wave, start_ns + fake.reset_after_ns);
}

double fake_instant_watts(nvmlDevice_t device) { return fake_wave_watts(&device->wave, last_update(now_ns())); }

double fake_module_watts(nvmlDevice_t device) { return fake_wave_watts(&device->module_wave, last_update(now_ns())); }

double fake_average_watts(nvmlDevice_t device) {
    int64_t update = last_update(now_ns());
    return fake_wave_joules(&device->wave, update) - fake_wave_joules(&device->wave, update - 1000000000);
}
