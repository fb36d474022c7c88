// The main() of a fuzz target that is built without libFuzzer: it feeds the
// files named on the command line, then random inputs, to
// LLVMFuzzerTestOneInput. The random inputs are the same in every run: a
// failure repeats itself. A harness reports a failure by ending the process.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kRandomInputs = 2000;
constexpr size_t kMaxSizeBytes = 256;

// A buffer of the exact size, so that a sanitizer sees the first byte read past
// the end.
void Feed(const std::string& input) {
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class InputMaker {
 public:
  explicit InputMaker(std::vector<std::string> corpus)
      : corpus_(std::move(corpus)) {}

  // Half of the inputs are new, half are a corpus file with a few changes.
  std::string Next() {
    if (corpus_.empty() || Below(2) == 0) return RandomBytes();
    std::string input = corpus_[Below(corpus_.size())];
    for (size_t changes = 1 + Below(4); changes > 0; --changes) Change(&input);
    return input;
  }

 private:
  // Uniform enough, and the same with every standard library.
  size_t Below(size_t bound) { return random_() % bound; }

  char RandomByte() {
    // Line ends, zero bytes and a small alphabet make matches likely.
    static constexpr char kLikely[] = "\n\r\0 ab\"\\{}0/.:";
    if (Below(4) == 0) return static_cast<char>(Below(256));
    return kLikely[Below(sizeof(kLikely) - 1)];
  }

  std::string RandomBytes() {
    std::string input(Below(kMaxSizeBytes + 1), '\0');
    std::generate(input.begin(), input.end(), [this] { return RandomByte(); });
    return input;
  }

  void Change(std::string* input) {
    const size_t position = Below(input->size() + 1);
    switch (Below(4)) {
      case 0:
        input->insert(position, 1, RandomByte());
        break;
      case 1:
        input->erase(position, 1 + Below(8));
        break;
      case 2:
        if (position < input->size()) (*input)[position] = RandomByte();
        break;
      default: {
        const std::string& other = corpus_[Below(corpus_.size())];
        input->replace(position, std::string::npos, other,
                       Below(other.size() + 1), kMaxSizeBytes);
      }
    }
  }

  const std::vector<std::string> corpus_;
  std::mt19937 random_;  // default seed: the same inputs in every run
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> corpus;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "Cannot read the corpus file %s\n", argv[i]);
      return 1;
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file),
                        std::istreambuf_iterator<char>());
    std::fprintf(stderr, "Corpus file %s\n", argv[i]);
    Feed(corpus.back());
  }

  InputMaker maker(std::move(corpus));
  for (int i = 0; i < kRandomInputs; ++i) Feed(maker.Next());
  std::fprintf(stderr, "%d corpus files and %d random inputs: no failure\n",
               argc - 1, kRandomInputs);
  return 0;
}
