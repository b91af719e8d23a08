// libFuzzer's entry for programs with a `main` of their own (compiler-rt, fuzzer_no_main).
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments,
                        int (*one)(const uint8_t *bytes, size_t length));
