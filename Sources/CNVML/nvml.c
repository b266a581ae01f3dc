#include "CNVML.h"

#include <dlfcn.h>
#include <string.h>

_Static_assert(sizeof(void *) == 8, "the layouts are those of the 64-bit ABI");
_Static_assert(sizeof(jb_nvml_field) == 40, "field value");
_Static_assert(sizeof(jb_nvml_pci) == 68, "PCI description");
_Static_assert(sizeof(jb_nvml_utilization) == 8, "utilisation");
_Static_assert(sizeof(jb_nvml_memory) == 24, "memory, first version");
_Static_assert(sizeof(jb_nvml_memory_2) == (JB_NVML_MEMORY_2_VERSION & 0xffffff), "memory, second version");
_Static_assert(sizeof(jb_nvml_process) == 24, "running process");

// A data pointer becomes a function pointer byte by byte: ISO C has no conversion, POSIX says that the bytes are the same.
static void find(void *library, void *slot, const char *symbol) {
    void *address = dlsym(library, symbol);
    memcpy(slot, &address, sizeof address);
}

int jb_nvml_open(const char *name, jb_nvml *table, char *error, uint32_t error_size) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *words = dlerror();
        if (error_size > 0) {
            strncpy(error, words == NULL ? "not found" : words, error_size - 1);
            error[error_size - 1] = '\0';
        }
        return 0;
    }
    memset(table, 0, sizeof *table);
    const struct {
        void *slot;
        const char *symbol;
    } wanted[] = {
        {&table->init, "nvmlInit_v2"},
        {&table->shutdown, "nvmlShutdown"},
        {&table->error_string, "nvmlErrorString"},
        {&table->driver_version, "nvmlSystemGetDriverVersion"},
        {&table->cuda_version, "nvmlSystemGetCudaDriverVersion_v2"},
        {&table->count, "nvmlDeviceGetCount_v2"},
        {&table->device_at, "nvmlDeviceGetHandleByIndex_v2"},
        {&table->uuid, "nvmlDeviceGetUUID"},
        {&table->name, "nvmlDeviceGetName"},
        {&table->pci, "nvmlDeviceGetPciInfo_v3"},
        {&table->vbios, "nvmlDeviceGetVbiosVersion"},
        {&table->cores, "nvmlDeviceGetNumGpuCores"},
        {&table->compute_capability, "nvmlDeviceGetCudaComputeCapability"},
        {&table->persistence, "nvmlDeviceGetPersistenceMode"},
        {&table->ecc, "nvmlDeviceGetEccMode"},
        {&table->processes, "nvmlDeviceGetComputeRunningProcesses_v3"},
        {&table->cpu_affinity, "nvmlDeviceGetCpuAffinity"},
        {&table->mig_mode, "nvmlDeviceGetMigMode"},
        {&table->mig_limit, "nvmlDeviceGetMaxMigDeviceCount"},
        {&table->mig_at, "nvmlDeviceGetMigDeviceHandleByIndex"},
        {&table->total_energy, "nvmlDeviceGetTotalEnergyConsumption"},
        {&table->power_usage, "nvmlDeviceGetPowerUsage"},
        {&table->fields, "nvmlDeviceGetFieldValues"},
        {&table->utilization, "nvmlDeviceGetUtilizationRates"},
        {&table->memory, "nvmlDeviceGetMemoryInfo"},
        {&table->memory_2, "nvmlDeviceGetMemoryInfo_v2"},
        {&table->temperature, "nvmlDeviceGetTemperature"},
        {&table->clock, "nvmlDeviceGetClockInfo"},
        {&table->clock_limit, "nvmlDeviceGetMaxClockInfo"},
        {&table->power_limit, "nvmlDeviceGetEnforcedPowerLimit"},
        {&table->power_limit_range, "nvmlDeviceGetPowerManagementLimitConstraints"},
        {&table->clock_reasons, "nvmlDeviceGetCurrentClocksEventReasons"},
    };
    for (unsigned i = 0; i < sizeof wanted / sizeof wanted[0]; i++) find(library, wanted[i].slot, wanted[i].symbol);
    // The same function before driver 535.
    if (table->clock_reasons == NULL) find(library, &table->clock_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons");
    return 1;
}
