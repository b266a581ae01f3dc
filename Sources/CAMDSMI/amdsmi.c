#include "CAMDSMI.h"

#include "CPlatform.h"

#include <string.h>

_Static_assert(sizeof(void *) == 8, "the layouts are those of the 64-bit ABI");
// The largest of each in the libraries up to version 27: rooms must not be smaller.
_Static_assert(sizeof(jb_amdsmi_power) >= 200, "power");
_Static_assert(sizeof(jb_amdsmi_version) >= 24, "version");
_Static_assert(sizeof(jb_amdsmi_activity) >= 64, "engine usage");
_Static_assert(sizeof(jb_amdsmi_clock) >= 32, "clock");
_Static_assert(sizeof(jb_amdsmi_power_cap) >= 64, "power cap");
_Static_assert(sizeof(jb_amdsmi_asic) >= 1024, "ASIC");

int jb_amdsmi_open(const char *name, jb_amdsmi *table, char *error, uint32_t error_size) {
    void *library = jb_library_open(name, error, error_size);
    if (library == NULL) return 0;
    memset(table, 0, sizeof *table);
    const jb_library_function wanted[] = {
        {&table->init, "amdsmi_init"},
        {&table->shut_down, "amdsmi_shut_down"},
        {&table->status_text, "amdsmi_status_code_to_string"},
        {&table->version, "amdsmi_get_lib_version"},
        {&table->sockets, "amdsmi_get_socket_handles"},
        {&table->processors, "amdsmi_get_processor_handles"},
        {&table->processor_type, "amdsmi_get_processor_type"},
        {&table->bdf, "amdsmi_get_gpu_device_bdf"},
        {&table->uuid, "amdsmi_get_gpu_device_uuid"},
        {&table->asic, "amdsmi_get_gpu_asic_info"},
        {&table->energy, "amdsmi_get_energy_count"},
        {&table->power, "amdsmi_get_power_info"},
        {&table->power_cap, "amdsmi_get_power_cap_info"},
        {&table->activity, "amdsmi_get_gpu_activity"},
        {&table->memory_used, "amdsmi_get_gpu_memory_usage"},
        {&table->memory_total, "amdsmi_get_gpu_memory_total"},
        {&table->temperature, "amdsmi_get_temp_metric"},
        {&table->clock, "amdsmi_get_clock_info"},
    };
    jb_library_find(library, wanted, sizeof wanted / sizeof wanted[0]);
    return 1;
}
