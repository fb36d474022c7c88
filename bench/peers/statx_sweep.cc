// Asks for the size of each file of a directory, in the order of their inodes,
// on two threads, and does nothing else: what no program that polls can beat.
// Prints the seconds that each sweep took, one a line.
//
//   statx_sweep DIR SWEEPS

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr size_t kFilesAtOnce = 1024;

using Files = std::vector<std::pair<ino_t, std::string>>;

Files List(DIR* dir) {
  Files files;
  while (const struct dirent* const entry = readdir(dir)) {
    if (entry->d_name[0] != '.')
      files.emplace_back(entry->d_ino, entry->d_name);
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool Sweep(int dir_fd, const Files& files) {
  std::atomic<size_t> next{0};
  std::atomic<bool> good{true};
  const auto sweep = [&] {
    for (size_t i; (i = next.fetch_add(kFilesAtOnce)) < files.size();) {
      const size_t end = std::min(i + kFilesAtOnce, files.size());
      for (; i < end; ++i) {
        struct statx stat;
        if (statx(dir_fd, files[i].second.c_str(), AT_SYMLINK_NOFOLLOW,
                  STATX_SIZE, &stat) != 0) {
          good = false;
        }
      }
    }
  };
  std::thread other(sweep);
  sweep();
  other.join();
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const int sweeps = argc == 3 ? std::atoi(argv[2]) : 0;
  if (sweeps <= 0) {
    std::fputs("usage: statx_sweep DIR SWEEPS\n", stderr);
    return 2;
  }
  DIR* const dir = opendir(argv[1]);
  if (dir == nullptr) {
    std::perror(argv[1]);
    return 1;
  }
  const Files files = List(dir);
  for (int i = 0; i < sweeps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!Sweep(dirfd(dir), files)) {
      std::perror("statx");
      return 1;
    }
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - start;
    std::printf("%.9f\n", took.count());
  }
  return 0;
}
