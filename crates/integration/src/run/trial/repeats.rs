//! Rows that repeat the key of a row in an earlier piece: alone they would seem to be new.

use crate::run::{
    chunk::key_of,
    plan::Prepared,
    rows::{Piece, Rows},
};
use kernel::Result;
use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

/// Rows that are kept for a trial of their own.
const KEPT: usize = 20_000;
/// Rows of a transaction; rows of one key stay together whatever their number.
const TOGETHER: usize = 500;

pub(super) struct Repeats<'a> {
    prepared: &'a Prepared,
    hasher: RandomState,
    keys: HashSet<u64>,
    /// Lines of the rows that were taken out, by the hash of their key.
    taken: HashMap<u64, HashSet<u64>>,
    rows: usize,
    /// Beyond those that are kept.
    pub(super) guessed: u64,
}
impl<'a> Repeats<'a> {
    pub(super) fn new(prepared: &'a Prepared) -> Repeats<'a> {
        Repeats { prepared, hasher: RandomState::new(), keys: HashSet::new(), taken: HashMap::new(), rows: 0, guessed: 0 }
    }
    fn hash(&self, row: &crate::import::assemble::ImportRow) -> Option<u64> {
        let text = key_of(&row.fields, self.prepared.plan.key.as_deref()?);
        (!text.is_empty()).then(|| self.hasher.hash_one(text))
    }
    /// Takes out of a piece what repeats an earlier one.
    pub(super) fn take(&mut self, piece: &mut Piece) {
        if self.prepared.plan.key.is_none() {
            return;
        }
        let keys: Vec<Option<u64>> = piece.rows.iter().map(|row| self.hash(row)).collect();
        let again: Vec<bool> = keys.iter().map(|key| key.is_some_and(|key| self.keys.contains(&key))).collect();
        for ((key, again), row) in keys.iter().zip(&again).zip(&piece.rows) {
            let Some(key) = key else { continue };
            if !again {
                self.keys.insert(*key);
            } else if self.rows < KEPT {
                self.taken.entry(*key).or_default().insert(row.line);
                self.rows += 1;
            } else {
                self.guessed += 1;
            }
        }
        let mut flags = again.iter();
        piece.rows.retain(|_| !flags.next().copied().unwrap_or(false));
        let mut flags = again.iter();
        piece.raw.retain(|_| !flags.next().copied().unwrap_or(false));
    }
    /// The rows taken out, each behind the rows that it repeats, and which of them are to be counted.
    pub(super) fn pieces(&self, file: &str) -> Result<Vec<(Piece, Vec<bool>)>> {
        if self.taken.is_empty() {
            return Ok(vec![]);
        }
        let mut groups: BTreeMap<u64, (Piece, Vec<bool>)> = BTreeMap::new();
        let mut rows = Rows::open(file, self.prepared, 0)?;
        while let Some(piece) = rows.next(1_000) {
            for (row, raw) in piece.rows.into_iter().zip(piece.raw) {
                let Some(lines) = self.hash(&row).and_then(|key| Some((key, self.taken.get(&key)?))) else { continue };
                let (key, lines) = lines;
                let (group, counted) = groups.entry(key).or_default();
                let counts = lines.contains(&row.line);
                // beyond what is kept a row was counted already
                if counts || counted.len() < KEPT {
                    counted.push(counts);
                    group.rows.push(row);
                    group.raw.push(raw);
                }
            }
        }
        let mut out: Vec<(Piece, Vec<bool>)> = Vec::new();
        for (piece, counted) in groups.into_values() {
            match out.last_mut() {
                Some((last, flags)) if last.rows.len() + piece.rows.len() <= TOGETHER => {
                    last.rows.extend(piece.rows);
                    last.raw.extend(piece.raw);
                    flags.extend(counted);
                }
                _ => out.push((piece, counted)),
            }
        }
        Ok(out)
    }
}
