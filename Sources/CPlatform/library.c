#include "CPlatform.h"

#include <dlfcn.h>
#include <string.h>

void *jb_library_open(const char *name, char *error, uint32_t error_size) {
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL && error_size > 0) {
        const char *words = dlerror();
        strncpy(error, words == NULL ? "not found" : words, error_size - 1);
        error[error_size - 1] = '\0';
    }
    return library;
}

void jb_library_find(void *library, const jb_library_function *functions, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        void *address = dlsym(library, functions[i].symbol);
        // A data pointer becomes a function pointer byte by byte: ISO C has no conversion, POSIX says that the bytes are the same.
        memcpy(functions[i].slot, &address, sizeof address);
    }
}
