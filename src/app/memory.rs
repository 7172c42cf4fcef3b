//! How much memory going back may take: what is set, and what is taken now.

use egui::{RichText, Ui};

use super::action::{Actions, UiAction};
use super::session::Session;
use super::text::grouped;
use super::theme::{Tokens, size};
use super::widgets::segmented;
use crate::sim::night::DEFAULT_BUDGET;

/// Amounts that can be chosen, in megabytes.
pub const MEGABYTES: [u32; 6] = [64, 128, 256, 512, 1024, 2048];
/// Bytes of a megabyte as memory is counted.
const MEGABYTE: usize = 1 << 20;

/// The memory that going back may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(u32);

impl Default for Memory {
    fn default() -> Self {
        Self::new((DEFAULT_BUDGET / MEGABYTE) as u32)
    }
}

impl Memory {
    /// So many megabytes; an amount that cannot be chosen becomes the nearest one.
    pub fn new(megabytes: u32) -> Self {
        let nearest = MEGABYTES.into_iter().min_by_key(|there| there.abs_diff(megabytes));
        Self(nearest.unwrap_or(MEGABYTES[0]))
    }

    /// In megabytes.
    pub fn megabytes(self) -> u32 {
        self.0
    }

    /// In bytes.
    pub fn bytes(self) -> usize {
        self.0 as usize * MEGABYTE
    }

    /// What is taken now, in words: "183 of 256 MB".
    pub fn words(self, session: &Session) -> String {
        let taken = session.memory().div_ceil(MEGABYTE) as u64;
        format!("{} of {} MB", grouped(taken), grouped(self.0.into()))
    }

    /// What is taken, and the choice.
    pub fn choice_ui(self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let word = |text: String| {
            let color = Tokens::of(ui).text_weak;
            RichText::new(text).size(size::SMALL).color(color)
        };
        let head = word("Memory for going back, MB".to_owned());
        let taken = word(format!("key frames and checkpoints take {}", self.words(session)));
        ui.label(head);
        let choices = MEGABYTES.map(|megabytes| (megabytes, megabytes.to_string()));
        let help = |megabytes| {
            format!(
                "At most {megabytes} MB for networks of training and key frames of the night, which thin out to it, and a sixth of it \
                 for each lane: the more, the quicker any moment is there. Changes nothing in the run"
            )
        };
        if let Some(megabytes) = segmented(ui, "Memory in MB:", &choices, self.0, help) {
            actions.push(UiAction::SetMemory(megabytes));
        }
        ui.label(taken);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a default that cannot be chosen, and a remembered amount that takes all there is.
    #[test]
    fn amounts_are_those_that_can_be_chosen() {
        assert_eq!(Memory::default().bytes(), DEFAULT_BUDGET);
        assert_eq!(Memory::new(0).megabytes(), 64);
        assert_eq!(Memory::new(u32::MAX).megabytes(), 2048);
        assert_eq!(Memory::new(300).words(&Session::default()), "0 of 256 MB");
    }
}
