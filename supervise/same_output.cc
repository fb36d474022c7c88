#include "supervise/same_output.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dirwatcher {

bool IsSameOutput(int a, int b) {
  struct stat stat_a;
  struct stat stat_b;
  if (fstat(a, &stat_a) != 0 || fstat(b, &stat_b) != 0 ||
      stat_a.st_dev != stat_b.st_dev || stat_a.st_ino != stat_b.st_ino) {
    return false;
  }
  const int flags_a = fcntl(a, F_GETFL);
  const int flags_b = fcntl(b, F_GETFL);
  if ((flags_a & O_ACCMODE) != (flags_b & O_ACCMODE)) return false;
  if (!S_ISREG(stat_a.st_mode)) return true;
  // Two files opened apart have two positions.
  if ((flags_a & flags_b & O_APPEND) != 0) return true;
  const pid_t self = getpid();
  return syscall(SYS_kcmp, self, self, KCMP_FILE, a, b) == 0;
}

}  // namespace dirwatcher
