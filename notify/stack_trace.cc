#include "notify/stack_trace.h"

#include <cxxabi.h>
#include <execinfo.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <typeinfo>

#include "absl/debugging/symbolize.h"
#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

constexpr int kMaxFrames = 256;

std::string Demangle(const char* name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
  return plain == nullptr ? name : plain.get();
}

}  // namespace

std::vector<std::string> CurrentStackTrace() {
  static const bool is_ready = [] {
    absl::InitializeSymbolizer("/proc/self/exe");
    return true;
  }();
  (void)is_ready;
  void* frames[kMaxFrames];
  // absl::GetStackTrace follows frame pointers, and ends at the first library
  // that was compiled without: at libstdc++, when an exception was thrown.
  const int count = backtrace(frames, kMaxFrames);
  std::vector<std::string> lines;
  for (int i = 1; i < count; ++i) {  // without this function
    // It is the address to which the call returns: the call stands before.
    const char* const place = static_cast<const char*>(frames[i]) - 1;
    char name[1024];
    lines.push_back(absl::StrCat(
        "0x", absl::Hex(reinterpret_cast<uintptr_t>(frames[i])), " ",
        absl::Symbolize(place, name, sizeof(name)) ? name : "(unknown)"));
  }
  return lines;
}

std::string DescribeCurrentException() {
  const std::exception_ptr current = std::current_exception();
  if (current == nullptr) return "";
  const std::type_info* const type = abi::__cxa_current_exception_type();
  const std::string type_name =
      type == nullptr ? "exception" : Demangle(type->name());
  try {
    std::rethrow_exception(current);
  } catch (const std::exception& error) {
    return absl::StrCat(type_name, ": ", error.what());
  } catch (...) {
    return type_name;
  }
}

}  // namespace dirwatcher
