/*
 * Stand-in for <pthread.h>. Debian 12's wasi-libc has the types (in sys/types.h) but neither the header nor the
 * functions. A WebAssembly instance has one thread, so every lock is free: macros are enough, and defining only
 * macros cannot clash with the libc's types.
 */
#ifndef LYW_PTHREAD_H
#define LYW_PTHREAD_H

#include <sys/types.h>
#include <time.h>

#define PTHREAD_MUTEX_INITIALIZER {{{0}}}
#define pthread_mutex_init(mutex, attributes) ((void)(mutex), (void)(attributes), 0)
#define pthread_mutex_destroy(mutex) ((void)(mutex), 0)
#define pthread_mutex_lock(mutex) ((void)(mutex), 0)
#define pthread_mutex_trylock(mutex) ((void)(mutex), 0)
#define pthread_mutex_unlock(mutex) ((void)(mutex), 0)
#define pthread_self() ((pthread_t)1)

#endif
