#include "logging/log_record.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace dirwatcher {

pid_t CurrentThreadId() {
  thread_local const auto id = static_cast<pid_t>(syscall(SYS_gettid));
  return id;
}

}  // namespace dirwatcher
