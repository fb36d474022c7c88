#include "dirwatch/read_ahead.h"

#include <utility>

#include "absl/status/status.h"
#include "dirwatch/parallel.h"

namespace dirwatcher {

absl::StatusOr<std::unique_ptr<ReadableFile>> OpenSameFile(
    Directory* directory, absl::string_view path, const FileId& id) {
  absl::StatusOr<std::unique_ptr<ReadableFile>> file =
      directory->OpenFile(path);
  if (!file.ok()) return file.status();
  // It moved between two calls.
  if ((*file)->StatAtOpen().id != id) {
    return absl::AbortedError("it was replaced meanwhile");
  }
  return file;
}

// Keeps what would be told, as long as it is little.
class ReadAhead::Result::Recorder : public ReadListener {
 public:
  explicit Recorder(Result* result) : result_(*result) {}

  void OnMatch(const LineMatch& match, absl::string_view text,
               bool cut) override {
    if (result_.matches_.size() == kMaxMatches ||
        result_.texts_.size() + text.size() > kMaxTextBytes) {
      is_simple_ = false;
    }
    if (!is_simple_) return;
    result_.matches_.push_back({match, text.size(), cut});
    result_.texts_.append(text.data(), text.size());
  }

  void OnTruncated() override { is_simple_ = false; }

  bool is_simple() const { return is_simple_; }

 private:
  Result& result_;
  bool is_simple_ = true;
};

void ReadAhead::Result::Tell(ReadListener* listener) const {
  absl::string_view rest = texts_;
  for (const Match& each : matches_) {
    listener->OnMatch(each.match, rest.substr(0, each.text_bytes), each.cut);
    rest.remove_prefix(each.text_bytes);
  }
}

void ReadAhead::Read(
    Directory* directory, absl::Span<const Request> requests,
    absl::FunctionRef<void(size_t i, Result* result)> take) const {
  std::vector<std::unique_ptr<AppendReader>> readers(threads_);
  std::vector<Result> results(depth_ * files_at_a_time_);
  const auto results_for = [&](size_t group) {
    return absl::MakeSpan(results).subspan(group % depth_ * files_at_a_time_,
                                           files_at_a_time_);
  };
  const auto requests_of = [&](size_t group) {
    return requests.subspan(group * files_at_a_time_, files_at_a_time_);
  };
  const auto read = [&](size_t thread, size_t group) {
    std::unique_ptr<AppendReader>& reader = readers[thread];
    if (reader == nullptr) {
      reader = std::make_unique<AppendReader>(scanner_, options_);
    }
    Result* result = results_for(group).data();
    for (const Request& request : requests_of(group)) {
      *result = Result();
      ReadOne(directory, request, reader.get(), result++);
    }
  };
  const auto take_all = [&](size_t group) {
    Result* result = results_for(group).data();
    const size_t first = group * files_at_a_time_;
    for (size_t i = 0; i < requests_of(group).size(); ++i) {
      take(first + i, result++);
    }
    return true;
  };
  const size_t groups =
      (requests.size() + files_at_a_time_ - 1) / files_at_a_time_;
  ParallelInOrder(threads_, groups, depth_, read, take_all);
}

void ReadAhead::ReadOne(Directory* directory, const Request& request,
                        AppendReader* reader, Result* result) {
  if (request.path.empty()) return;
  absl::StatusOr<std::unique_ptr<ReadableFile>> file =
      OpenSameFile(directory, request.path, request.id);
  if (!file.ok()) return;
  const int64_t offset_bytes = request.position.scan.offset_bytes;
  const int64_t size_bytes = (*file)->StatAtOpen().size_bytes;
  if (size_bytes - offset_bytes > kMaxBytes) return;
  Result::Recorder recorder(result);
  result->position = request.position;
  const ReadTotals before = reader->totals();
  const absl::StatusOr<AppendReader::TurnEnd> end =
      reader->ReadTurn(file->get(), size_bytes, &result->position,
                       &result->checkpoints, &recorder);
  if (!end.ok() || *end != AppendReader::TurnEnd::kCaughtUp ||
      !recorder.is_simple()) {
    return;
  }
  result->totals.bytes = reader->totals().bytes - before.bytes;
  result->totals.lines = reader->totals().lines - before.lines;
  result->file = *std::move(file);
  result->usable = true;
}

}  // namespace dirwatcher
