// Writes each line with a word that is appended to a file of a directory, as
// soon as the kernel tells of it. It knows nothing of renames, truncation,
// deletion or dropped notifications: the least that could be called a watcher.
//
//   inotify_tail DIR WORD

#include <fcntl.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <map>
#include <string>

namespace {

struct File {
  int fd = -1;
  std::string rest;  // the beginning of a line
};

// Writes the lines with `word` that have come to `file`.
bool ReadOn(const char* word, File* file) {
  char buffer[64 << 10];
  ssize_t n;
  std::string out;
  while ((n = read(file->fd, buffer, sizeof(buffer))) > 0) {
    file->rest.append(buffer, static_cast<size_t>(n));
    size_t begin = 0;
    for (size_t end; (end = file->rest.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      if (memmem(&file->rest[begin], end - begin, word, strlen(word))) {
        out.append(file->rest, begin, end + 1 - begin);
      }
    }
    file->rest.erase(0, begin);
  }
  for (size_t done = 0; done < out.size();) {
    const ssize_t m = write(STDOUT_FILENO, &out[done], out.size() - done);
    if (m < 0) return false;
    done += static_cast<size_t>(m);
  }
  return n == 0;
}

int Fail(const char* what) {
  std::perror(what);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: inotify_tail DIR WORD\n", stderr);
    return 2;
  }
  const int dir = open(argv[1], O_RDONLY | O_DIRECTORY);
  const int watch = inotify_init();
  if (dir < 0 || watch < 0 ||
      inotify_add_watch(watch, argv[1], IN_MODIFY) < 0) {
    return Fail(argv[1]);
  }
  std::map<std::string, File> files;
  alignas(struct inotify_event) char events[64 << 10];
  ssize_t n;
  while ((n = read(watch, events, sizeof(events))) > 0) {
    for (const char* p = events; p < events + n;) {
      struct inotify_event event;
      memcpy(&event, p, sizeof(event));
      if (event.len > 0) {
        const char* const name = p + sizeof(event);
        File& file = files[name];
        if (file.fd < 0) file.fd = openat(dir, name, O_RDONLY);
        if (file.fd < 0 || !ReadOn(argv[2], &file)) return Fail(name);
      }
      p += sizeof(event) + event.len;
    }
  }
  return Fail("inotify");
}
