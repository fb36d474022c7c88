// JsonWriter: appends JSON to a string, in one pass, without a tree and without
// allocating anything but room in that string.
//
//   std::string out;
//   JsonWriter json(&out);
//   json.BeginObject();
//   json.Key("file");
//   json.String("a.log");
//   json.Key("line");
//   json.Int(7);
//   json.EndObject();          // {"file":"a.log","line":7}
//
// Whatever the bytes of the strings, what comes out is one JSON text (RFC 8259)
// in valid UTF-8 and on one line.

#ifndef DIRWATCHER_SINKS_JSON_WRITER_H_
#define DIRWATCHER_SINKS_JSON_WRITER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

// Checks nothing: the caller's calls have to make sense as JSON, as a key
// before each value of an object. Thread-compatible.
class JsonWriter {
 public:
  // Appends to `*out`, which must outlive this.
  explicit JsonWriter(std::string* out) : out_(out) {}

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();

  // The next value's name. REQUIRES: `name` needs no escapes.
  void Key(absl::string_view name);

  // `bytes` as a string. What is not valid UTF-8 becomes U+FFFD, one for each
  // maximal subpart (text/utf8.h). Besides what JSON demands, all control
  // characters (text/control_characters.h) are written as \uNNNN, so that
  // nobody who shows or splits the output is misled by them; a parser gives
  // them back as they were.
  void String(absl::string_view bytes);

  // `bytes` in base64 (RFC 4648, section 4, padded) as a string.
  void Base64(absl::string_view bytes);

  void Int(int64_t value);
  void Bool(bool value);
  void Null();

  // `duration` in seconds, exact to the microsecond below which it is cut, with
  // as many decimals as it needs: 1, 0.25, 12.000001.
  // REQUIRES: `duration` is finite.
  void Seconds(absl::Duration duration);

 private:
  // Begins a value: writes the comma that may be due.
  void Value();

  std::string* const out_;
  // A value stands before, in the same object or array.
  bool comma_is_due_ = false;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_JSON_WRITER_H_
