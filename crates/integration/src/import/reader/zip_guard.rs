//! Looks into a zip (an xlsx is one) before anything is unpacked for good.

use super::{Limits, OpenError};
use std::io::{self, Read, Seek, SeekFrom};

/// Refuses archives that unpack to far more than they weigh. Each part is really unpacked once, into nothing, because the
/// sizes that an archive declares about itself may be lies; this costs about 3 ms per MiB.
pub fn check<F: Read + Seek>(file: &mut F, limits: &Limits) -> Result<(), OpenError> {
    let packed = file.seek(SeekFrom::End(0))?.max(1);
    file.seek(SeekFrom::Start(0))?;
    let mut archive = zip::ZipArchive::new(&mut *file).map_err(|e| OpenError::Broken(format!("it is no complete zip archive ({e})")))?;
    if archive.len() > limits.zip_entries {
        return Err(OpenError::TooLarge { detail: format!("{} parts; at most {} are read", archive.len(), limits.zip_entries) });
    }
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|e| broken(&e))?;
        let name = entry.name().map_err(|e| broken(&e))?.into_owned();
        if entry.encrypted() {
            return Err(OpenError::Unsupported { what: "an archive with a password", advice: "save it without one" });
        }
        let allowed = match name.ends_with("sharedStrings.xml") {
            true => limits.shared_strings_bytes.min(limits.unpacked_bytes - total),
            false => limits.unpacked_bytes - total,
        };
        let by_ratio = packed.saturating_mul(limits.unpack_ratio).max(32 << 20).saturating_sub(total);
        let size = io::copy(&mut entry.take(allowed.min(by_ratio) + 1), &mut io::sink()).map_err(|e| OpenError::Broken(format!("the part {name:?} cannot be unpacked ({e})")))?;
        if size > allowed {
            let limit = if name.ends_with("sharedStrings.xml") { limits.shared_strings_bytes } else { limits.unpacked_bytes };
            return Err(OpenError::TooLarge { detail: format!("the part {name:?} passes the limit of {} MiB; split the file or save it as csv", limit >> 20) });
        }
        if size > by_ratio {
            return Err(OpenError::TooLarge { detail: format!("it unpacks to more than {} times its own size, as files do that are made to exhaust a computer", limits.unpack_ratio) });
        }
        total += size;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

fn broken(error: &zip::result::ZipError) -> OpenError {
    OpenError::Broken(format!("a part cannot be unpacked ({error})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn archive(parts: &[(&str, usize)]) -> Cursor<Vec<u8>> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, mib) in parts {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            for _ in 0..*mib {
                writer.write_all(&vec![b' '; 1 << 20]).unwrap();
            }
        }
        writer.finish().unwrap()
    }

    #[test]
    fn bombs_are_refused_before_they_go_off() {
        let limits = Limits { unpacked_bytes: 100 << 20, shared_strings_bytes: 10 << 20, ..Limits::default() };
        assert!(check(&mut archive(&[("a.xml", 20)]), &limits).is_ok());
        let refused = |file: &mut Cursor<Vec<u8>>| check(file, &limits).unwrap_err().to_string();
        assert!(refused(&mut archive(&[("a.xml", 60)])).contains("times its own size"));
        assert!(refused(&mut archive(&[("xl/sharedStrings.xml", 11)])).contains("10 MiB"));
        let mut cut = archive(&[("a.xml", 1)]).into_inner();
        cut.truncate(cut.len() / 2);
        assert!(refused(&mut Cursor::new(cut)).contains("no complete zip"));
    }
}
