/* Sessions: opening and closing, memory with two sides, copies between them, and what went wrong. */
#include "tape.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* ---- what went wrong */

static thread_local char text[512];

int32_t failed(int32_t status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return status;
}

/* Calls that were not made and of which no session is known: how many, and the last one's reason. */
static pthread_mutex_t stray_lock = PTHREAD_MUTEX_INITIALIZER;
static char stray[512];
static int64_t strays;

int32_t end_session(pana_cuda_session *session) {
  if (session->status == PANA_CUDA_OK) {
    session->status = PANA_CUDA_FAILED;
    memcpy(session->reason, text, sizeof session->reason);
  }
  return PANA_CUDA_FAILED;
}

int32_t not_made(pana_cuda_session *session, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  if (session) {
    end_session(session);
    return PANA_CUDA_BAD_ADDRESS;
  }
  pthread_mutex_lock(&stray_lock);
  memcpy(stray, text, sizeof stray);
  strays++;
  pthread_mutex_unlock(&stray_lock);
  return PANA_CUDA_BAD_ADDRESS;
}

static int32_t tell_strays(pana_cuda_session *session) {
  char reason[sizeof stray];
  pthread_mutex_lock(&stray_lock);
  bool untold = session->strays_told != strays;
  session->strays_told = strays;
  memcpy(reason, stray, sizeof reason);
  pthread_mutex_unlock(&stray_lock);
  return untold ? failed(PANA_CUDA_BAD_ADDRESS, "a call before was not made: %s", reason) : PANA_CUDA_OK;
}

int32_t check(pana_cuda_session *session, cudaError_t error, const char *what) {
  if (error == cudaSuccess)
    return PANA_CUDA_OK;
  failed(PANA_CUDA_FAILED, "%s: %s (%s)", what, cudaGetErrorString(error), cudaGetErrorName(error));
  return end_session(session);
}

int32_t session_status(const pana_cuda_session *session) {
  return session->status == PANA_CUDA_OK
             ? PANA_CUDA_OK
             : failed(session->status, "the session has failed and does no more: %s", session->reason);
}

int32_t pana_cuda_status(pana_cuda_session *session) {
  int32_t status = session_status(session);
  return status == PANA_CUDA_OK ? tell_strays(session) : status;
}

const char *pana_cuda_error(void) { return text; }

int64_t pana_cuda_launches(const pana_cuda_session *session) { return session->launches; }

int32_t pana_cuda_abi_version(void) { return PANA_ABI_VERSION; }

/* ---- regions, of all sessions */

enum { REGIONS = 4096 };
static region regions[REGIONS]; /* by their addresses here, which do not overlap */
static int region_count;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

/* The first region that begins behind the address. */
static int behind(const char *address) {
  int low = 0, high = region_count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (regions[middle].here <= address)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool region_of(const void *address, int64_t bytes, region *found) {
  const char *at = (const char *)address;
  pthread_rwlock_rdlock(&lock);
  int place = behind(at);
  if (place > 0)
    *found = regions[place - 1];
  pthread_rwlock_unlock(&lock);
  return place > 0 && at < found->here + found->bytes && bytes <= found->here + found->bytes - at;
}

static bool add_region(region r) {
  pthread_rwlock_wrlock(&lock);
  bool room = region_count < REGIONS;
  if (room) {
    int place = behind(r.here);
    memmove(regions + place + 1, regions + place, (size_t)(region_count - place) * sizeof r);
    regions[place] = r;
    region_count++;
  }
  pthread_rwlock_unlock(&lock);
  return room;
}

/* Takes out a region that begins at the address, or any of the session's where that is null. */
static bool take_region(const pana_cuda_session *session, const void *address, region *taken) {
  bool found = false;
  pthread_rwlock_wrlock(&lock);
  for (int i = 0; i < region_count && !found; i++)
    if (regions[i].session == session && (!address || regions[i].here == address)) {
      *taken = regions[i];
      memmove(regions + i, regions + i + 1, (size_t)(region_count - i - 1) * sizeof *regions);
      region_count--;
      found = true;
    }
  pthread_rwlock_unlock(&lock);
  return found;
}

/* ---- devices */

int32_t pana_cuda_device_count(int32_t *count) {
  int found = 0;
  cudaError_t error = cudaGetDeviceCount(&found);
  *count = error == cudaSuccess ? found : 0;
  if (error == cudaSuccess && found > 0)
    return PANA_CUDA_OK;
  cudaGetLastError(); /* it would be the next call's */
  return failed(PANA_CUDA_NO_DEVICE, "no GPU: %s",
                error == cudaSuccess ? "the driver knows none" : cudaGetErrorString(error));
}

int32_t pana_cuda_describe(int32_t device, char *name, int64_t *bytes_free, int64_t *bytes_total) {
  cudaDeviceProp properties;
  size_t free_bytes = 0, total = 0;
  cudaError_t error = cudaGetDeviceProperties(&properties, device);
  if (error == cudaSuccess)
    error = cudaSetDevice(device);
  if (error == cudaSuccess)
    error = cudaMemGetInfo(&free_bytes, &total);
  if (error != cudaSuccess)
    return failed(PANA_CUDA_NO_DEVICE, "GPU %d: %s", device, cudaGetErrorString(error));
  snprintf(name, 256, "%.180s, compute %d.%d, %d multiprocessors", properties.name, properties.major, properties.minor,
           properties.multiProcessorCount);
  *bytes_free = (int64_t)free_bytes;
  *bytes_total = (int64_t)total;
  return PANA_CUDA_OK;
}

/* ---- sessions */

static int32_t prepare(pana_cuda_session *s) {
  int32_t status = check(s, cudaStreamCreateWithFlags(&s->stream, cudaStreamNonBlocking), "a stream");
  for (int i = 0; i < STAGES && status == PANA_CUDA_OK; i++) {
    status = check(s, cudaMallocHost((void **)&s->stage[i], STAGE), "pinned memory for copies");
    if (status == PANA_CUDA_OK)
      status = check(s, cudaEventCreateWithFlags(&s->stage_free[i], cudaEventDisableTiming), "an event");
  }
  if (status == PANA_CUDA_OK)
    status = check(s, cudaMallocHost((void **)&s->along_here, SIDE_TABLE), "pinned memory for options");
  if (status == PANA_CUDA_OK)
    status = check(s, cudaMalloc((void **)&s->along_there, SIDE_TABLE), "memory for options");
  return status;
}

constexpr int LEAST_COMPUTE = 9; /* CMAKE_CUDA_ARCHITECTURES */

int32_t pana_cuda_open(int32_t device, pana_cuda_session **session) {
  *session = NULL;
  int32_t count, status = pana_cuda_device_count(&count);
  if (status != PANA_CUDA_OK)
    return status;
  if (device < 0 || device >= count)
    return failed(PANA_CUDA_NO_DEVICE, "GPU %d does not exist: there are %d, counted from 0", device, count);
  cudaDeviceProp properties;
  cudaError_t error = cudaGetDeviceProperties(&properties, device);
  if (error == cudaSuccess)
    error = cudaSetDevice(device);
  if (error != cudaSuccess)
    return failed(PANA_CUDA_NO_DEVICE, "GPU %d: %s", device, cudaGetErrorString(error));
  if (properties.major < LEAST_COMPUTE)
    return failed(PANA_CUDA_NO_DEVICE,
                  "GPU %d, %.200s, has compute %d.%d: %d.0 is the least that this library was built for", device,
                  properties.name, properties.major, properties.minor, LEAST_COMPUTE);
  pana_cuda_session *s = (pana_cuda_session *)calloc(1, sizeof *s);
  if (!s)
    return failed(PANA_CUDA_OUT_OF_MEMORY, "no memory for a session: %zu bytes", sizeof *s);
  s->device = device;
  tell_strays(s); /* what was before is not its business */
  status = prepare(s);
  if (status != PANA_CUDA_OK) {
    char kept[sizeof text];
    memcpy(kept, text, sizeof kept);
    pana_cuda_close(s);
    memcpy(text, kept, sizeof kept);
    return status;
  }
  *session = s;
  return PANA_CUDA_OK;
}

int32_t wait_for_all(pana_cuda_session *session) {
  int32_t status = begin_noted(session);
  return status == PANA_CUDA_OK ? check(session, cudaStreamSynchronize(session->stream), "work that was called before")
                                : status;
}

static void release(const region *r) {
  cudaFree(r->there);
  munmap(r->here, (size_t)r->bytes);
}

int32_t pana_cuda_close(pana_cuda_session *session) {
  if (!session)
    return PANA_CUDA_OK;
  cudaSetDevice(session->device);
  int32_t status = session->stream ? wait_for_all(session) : session_status(session);
  if (session->stream)
    cudaStreamSynchronize(session->stream); /* also where the session has failed: nothing may be in use */
  close_tape(session);
  region r;
  while (take_region(session, NULL, &r))
    release(&r);
  close_blas(session);
  for (int i = 0; i < STAGES; i++) {
    cudaFreeHost(session->stage[i]);
    if (session->stage_free[i])
      cudaEventDestroy(session->stage_free[i]);
  }
  close_along(session);
  if (session->stream)
    cudaStreamDestroy(session->stream);
  free(session);
  return status;
}

int32_t pana_cuda_begin(pana_cuda_session *session) {
  int32_t status = pana_cuda_status(session);
  return status == PANA_CUDA_OK ? begin_noted(session) : status;
}

int32_t pana_cuda_synchronize(pana_cuda_session *session) {
  int32_t status = pana_cuda_status(session);
  return status == PANA_CUDA_OK ? wait_for_all(session) : status;
}

/* ---- memory */

int32_t pana_cuda_allocate(pana_cuda_session *session, int64_t bytes, void **address) {
  *address = NULL;
  int32_t status = pana_cuda_status(session);
  if (status != PANA_CUDA_OK)
    return status;
  region r = {NULL, NULL, bytes, session};
  cudaSetDevice(session->device);
  cudaError_t error = cudaMalloc((void **)&r.there, (size_t)bytes);
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError(); /* it would be the next call's */
    size_t free_bytes = 0, total = 0;
    if (cudaMemGetInfo(&free_bytes, &total) != cudaSuccess)
      free_bytes = total = 0;
    return failed(PANA_CUDA_OUT_OF_MEMORY, "GPU %d has no %lld bytes: %zu of %zu are free (%s)", session->device,
                  (long long)bytes, free_bytes, total, cudaGetErrorName(error));
  }
  if (error != cudaSuccess) /* of work that was called before */
    return check(session, error, "memory on the GPU");
  void *here = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (here == MAP_FAILED) {
    cudaFree(r.there);
    return failed(PANA_CUDA_OUT_OF_MEMORY, "no room for %lld bytes of addresses", (long long)bytes);
  }
  r.here = (char *)here;
  status = check(session, cudaMemsetAsync(r.there, 0, (size_t)bytes, session->stream), "zeros for new memory");
  if (status == PANA_CUDA_OK && !add_region(r))
    status = failed(PANA_CUDA_OUT_OF_MEMORY, "more than %d pieces of memory: allocate larger ones", REGIONS);
  if (status != PANA_CUDA_OK) {
    release(&r);
    return status;
  }
  *address = here;
  return PANA_CUDA_OK;
}

int32_t pana_cuda_free(pana_cuda_session *session, void *address) {
  region r;
  if (!address || !take_region(session, address, &r))
    return failed(PANA_CUDA_BAD_ADDRESS, "%p is no address that this session has allocated", address);
  int32_t status = wait_for_all(session);
  cudaStreamSynchronize(session->stream); /* also where the session has failed */
  release(&r);
  return status;
}

/* ---- copies */

constexpr int COPY_THREADS = 128;
constexpr int64_t SMALL_COPY = 1 << 20; /* bytes */

static int32_t find(pana_cuda_session *session, const void *address, int64_t bytes, char **there) {
  int32_t status = pana_cuda_status(session);
  if (status != PANA_CUDA_OK)
    return status;
  region r;
  if (!region_of(address, bytes, &r) || r.session != session)
    return failed(PANA_CUDA_BAD_ADDRESS, "the %lld bytes at %p are not this session's", (long long)bytes, address);
  *there = r.there + ((const char *)address - r.here);
  return PANA_CUDA_OK;
}

static int64_t piece(int64_t bytes, int64_t done) { return bytes - done < STAGE ? bytes - done : STAGE; }

/* A stage is filled while the one before is on its way. */
int32_t pana_cuda_upload(pana_cuda_session *session, const void *address, int64_t bytes) {
  char *there = NULL;
  int32_t status = find(session, address, bytes, &there);
  if (status == PANA_CUDA_OK)
    status = begin_noted(session);
  for (int64_t done = 0, i = 0; done < bytes && status == PANA_CUDA_OK; done += piece(bytes, done), i++) {
    int k = (int)(i % STAGES);
    size_t n = (size_t)piece(bytes, done);
    status = check(session, cudaEventSynchronize(session->stage_free[k]), "a copy to the GPU");
    if (status != PANA_CUDA_OK)
      break;
    memcpy(session->stage[k], (const char *)address + done, n);
    status =
        check(session, cudaMemcpyAsync(there + done, session->stage[k], n, cudaMemcpyHostToDevice, session->stream),
              "a copy to the GPU");
    if (status == PANA_CUDA_OK)
      status = check(session, cudaEventRecord(session->stage_free[k], session->stream), "a copy to the GPU");
  }
  return status;
}

/* A stage is emptied while the next one comes. */
int32_t pana_cuda_download(pana_cuda_session *session, void *address, int64_t bytes) {
  char *there = NULL;
  int32_t status = find(session, address, bytes, &there);
  if (status == PANA_CUDA_OK)
    status = begin_noted(session);
  int64_t asked = 0, done = 0;
  for (int64_t i = 0; done < bytes && status == PANA_CUDA_OK; i++) {
    for (; asked < bytes && asked < done + STAGES * STAGE && status == PANA_CUDA_OK; asked += piece(bytes, asked)) {
      int k = (int)(asked / STAGE % STAGES);
      status = check(session,
                     cudaMemcpyAsync(session->stage[k], there + asked, (size_t)piece(bytes, asked),
                                     cudaMemcpyDeviceToHost, session->stream),
                     "a copy from the GPU");
      if (status == PANA_CUDA_OK)
        status = check(session, cudaEventRecord(session->stage_free[k], session->stream), "a copy from the GPU");
    }
    if (status == PANA_CUDA_OK)
      status = check(session, cudaEventSynchronize(session->stage_free[i % STAGES]), "work that was called before");
    if (status == PANA_CUDA_OK) {
      memcpy((char *)address + done, session->stage[i % STAGES], (size_t)piece(bytes, done));
      done += piece(bytes, done);
    }
  }
  return status;
}

static __global__ void copy_words(const uint32_t *from, uint32_t *to, int64_t words) {
  const int64_t step = (int64_t)gridDim.x * COPY_THREADS;
  for (int64_t i = (int64_t)blockIdx.x * COPY_THREADS + threadIdx.x; i < words; i += step)
    to[i] = from[i];
}

/* Small ones are kernels, which can be part of a graph whatever addresses it has next. */
static int32_t copy_there(pana_cuda_session *session, const char *from, char *to, int64_t bytes) {
  if (bytes <= SMALL_COPY && bytes % 4 == 0 && ((uintptr_t)from | (uintptr_t)to) % 4 == 0) {
    int64_t blocks = (bytes / 4 + COPY_THREADS - 1) / COPY_THREADS;
    return note_kernel(session, copy_words, dim3((unsigned)blocks), dim3(COPY_THREADS), (const uint32_t *)from,
                       (uint32_t *)to, bytes / 4);
  }
  int32_t status = begin_noted(session);
  if (status != PANA_CUDA_OK)
    return status;
  session->launches++;
  return check(session, cudaMemcpyAsync(to, from, (size_t)bytes, cudaMemcpyDeviceToDevice, session->stream),
               "a copy on the GPU");
}

int32_t pana_cuda_copy(pana_cuda_session *session, const void *from, void *to, int64_t bytes) {
  char *from_there = NULL, *to_there = NULL;
  int32_t status = find(session, from, bytes, &from_there);
  if (status == PANA_CUDA_OK)
    status = find(session, to, bytes, &to_there);
  if (status != PANA_CUDA_OK)
    return status;
  return bytes == 0 ? PANA_CUDA_OK : copy_there(session, from_there, to_there, bytes);
}
