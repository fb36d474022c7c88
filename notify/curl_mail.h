// CurlMail: a mail as libcurl's MIME functions build it.
//
//   multipart/mixed
//     multipart/alternative
//       text/plain
//       text/html
//     each file
//
// Text is quoted-printable: it bears any bytes and lines of any length, and a
// CR without LF. Files are base64.

#ifndef DIRWATCHER_NOTIFY_CURL_MAIL_H_
#define DIRWATCHER_NOTIFY_CURL_MAIL_H_

#include "env/curl_handles.h"
#include "env/curl_library.h"
#include "notify/smtp_client.h"

namespace dirwatcher {

// Thread-compatible.
class CurlMail {
 public:
  // `easy` must outlive this; this must outlive the transfer.
  CurlMail(const SmtpMail& mail, CurlEasy* easy);
  ~CurlMail();

  CurlMail(const CurlMail&) = delete;
  CurlMail& operator=(const CurlMail&) = delete;

  // Makes it, with its headers, what `easy` sends.
  // CURLE_OUT_OF_MEMORY, CURLE_READ_ERROR (a file): it could not be built.
  CURLcode Attach();

 private:
  void Check(CURLcode code) {
    if (error_ == CURLE_OK) error_ = code;
  }
  // All of them: null if there is no memory, and then error_ says so.
  curl_mime* NewMime();
  curl_mimepart* NewPart(curl_mime* parent);

  void AddText(curl_mime* parent, const std::string& text, const char* type);
  void AddFile(const MailFile& file);

  CurlEasy* const easy_;  // not owned
  const CurlLibrary& curl_;
  CurlList headers_;
  curl_mime* root_ = nullptr;
  CURLcode error_ = CURLE_OK;  // the first
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_CURL_MAIL_H_
