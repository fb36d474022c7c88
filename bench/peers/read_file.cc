// Reads a file and does nothing else: what no program that reads it can beat.
//
//   read_file PIECE_BYTES FILE

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

int main(int argc, char** argv) {
  const long piece = argc == 3 ? std::atol(argv[1]) : 0;
  if (piece <= 0) {
    std::fputs("usage: read_file PIECE_BYTES FILE\n", stderr);
    return 2;
  }
  const int fd = open(argv[2], O_RDONLY);
  if (fd < 0) {
    std::perror(argv[2]);
    return 1;
  }
  const auto size = static_cast<size_t>(piece);
  // In pages of its own: elsewhere the kernel copies at half the speed.
  const std::unique_ptr<char, decltype(&std::free)> buffer(
      static_cast<char*>(std::aligned_alloc(4096, (size + 4095) / 4096 * 4096)),
      &std::free);
  ssize_t n;
  while ((n = read(fd, buffer.get(), size)) > 0) {
  }
  if (n == 0) return 0;
  std::perror(argv[2]);
  return 1;
}
