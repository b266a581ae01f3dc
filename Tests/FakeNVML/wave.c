#include "wave.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static double key(const char *arguments, const char *name, double otherwise) {
    size_t length = strlen(name);
    for (const char *at = arguments; at != NULL && *at != '\0';) {
        if (strncmp(at, name, length) == 0 && at[length] == '=') return strtod(at + length + 1, NULL);
        at = strchr(at, ',');
        if (at != NULL) at++;
    }
    return otherwise;
}

static void add(fake_wave *wave, double seconds, double start_watts, double end_watts) {
    if (wave->count < FAKE_MOST_PIECES && seconds > 0) wave->pieces[wave->count++] = (fake_piece){seconds, start_watts, end_watts};
}

// The mathematical library is left out, so that the loader needs nothing beside the C library.
static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }
static double whole(double value) {
    double truncated = (double)(int64_t)value;
    return truncated > value ? truncated - 1 : truncated;
}

static void close_wave(fake_wave *wave) {
    wave->period = wave->joules_per_period = 0;
    wave->lowest = DBL_MAX;
    wave->highest = -DBL_MAX;
    for (int i = 0; i < wave->count; i++) {
        const fake_piece *piece = &wave->pieces[i];
        wave->period += piece->seconds;
        wave->joules_per_period += piece->seconds * (piece->start_watts + piece->end_watts) / 2;
        wave->lowest = least(wave->lowest, least(piece->start_watts, piece->end_watts));
        wave->highest = most(wave->highest, most(piece->start_watts, piece->end_watts));
    }
}

int fake_wave_parse(const char *text, fake_wave *wave) {
    memset(wave, 0, sizeof *wave);
    const char *colon = strchr(text, ':');
    if (colon == NULL) return 0;
    const char *arguments = colon + 1;
    size_t kind = (size_t)(colon - text);
    double low = key(arguments, "low", 100), high = key(arguments, "high", 500), period = key(arguments, "period", 1);
    wave->phase = key(arguments, "phase", 0);
    if (kind == 8 && strncmp(text, "constant", kind) == 0) {
        double watts = key(arguments, "watts", strtod(arguments, NULL));
        add(wave, 1, watts, watts);
    } else if (kind == 6 && strncmp(text, "square", kind) == 0) {
        double duty = key(arguments, "duty", 0.5);
        add(wave, period * duty, high, high);
        add(wave, period * (1 - duty), low, low);
    } else if (kind == 4 && strncmp(text, "ramp", kind) == 0) {
        add(wave, period, low, high);
    } else if (kind == 8 && strncmp(text, "triangle", kind) == 0) {
        add(wave, period / 2, low, high);
        add(wave, period / 2, high, low);
    } else if (kind == 5 && strncmp(text, "steps", kind) == 0) {
        double each = key(arguments, "each", 1);
        for (const char *at = arguments;;) {
            char *end;
            double watts = strtod(at, &end);
            if (end == at) break;
            add(wave, each, watts, watts);
            if (*end != '/') break;
            at = end + 1;
        }
    }
    close_wave(wave);
    return wave->count > 0 && wave->period > 0;
}

/// Seconds into the repetition that an instant falls in, and how many were complete before it.
static double into_period(const fake_wave *wave, int64_t ns, double *complete) {
    double seconds = (double)ns * 1e-9 - wave->phase;
    *complete = whole(seconds / wave->period);
    double rest = seconds - *complete * wave->period;
    return rest < 0 ? 0 : rest > wave->period ? wave->period : rest;
}

double fake_wave_watts(const fake_wave *wave, int64_t ns) {
    double complete, rest = into_period(wave, ns, &complete);
    for (int i = 0; i < wave->count; i++) {
        const fake_piece *piece = &wave->pieces[i];
        if (rest < piece->seconds) return piece->start_watts + (piece->end_watts - piece->start_watts) * rest / piece->seconds;
        rest -= piece->seconds;
    }
    return wave->pieces[0].start_watts;
}

static double from_phase(const fake_wave *wave, int64_t ns) {
    double complete, rest = into_period(wave, ns, &complete);
    double joules = complete * wave->joules_per_period;
    for (int i = 0; i < wave->count && rest > 0; i++) {
        const fake_piece *piece = &wave->pieces[i];
        double part = least(rest, piece->seconds);
        double end = piece->start_watts + (piece->end_watts - piece->start_watts) * part / piece->seconds;
        joules += part * (piece->start_watts + end) / 2;
        rest -= part;
    }
    return joules;
}

double fake_wave_joules(const fake_wave *wave, int64_t ns) { return from_phase(wave, ns) - from_phase(wave, 0); }
