//! Changing one value of a recipe by its path, as in `night.beta=[1, 2, 3]`. Values are RON, as in a recipe's file.

use super::{Access, PARAMETERS, Recipe, RecipeError, parameter};

/// One value of a recipe, whatever its type: the table below lends its reader and its writer the type.
struct Setting {
    /// Where it stands, as in `night.decay`.
    path: &'static str,
    /// Its value as RON.
    read: fn(&Recipe) -> ron::Result<String>,
    /// Takes RON for its new value.
    write: fn(&mut Recipe, &str) -> Result<(), ron::error::SpannedError>,
}

/// A [`Setting`] for each field.
macro_rules! settings {
    ($($section:ident $(.$field:ident)?),* $(,)?) => {
        &[$(Setting {
            path: concat!(stringify!($section) $(, ".", stringify!($field))?),
            read: |recipe| ron::to_string(&recipe.$section $(.$field)?),
            write: |recipe, text| {
                recipe.$section $(.$field)? = ron::from_str(text)?;
                Ok(())
            },
        }),*]
    };
}

/// Every value of a recipe, in the order of its file.
static SETTINGS: &[Setting] = settings![
    name,
    note,
    seed,
    data.set,
    data.from,
    data.images,
    data.draw,
    data.balance,
    network.hidden,
    network.start_weights,
    network.output,
    training.epochs,
    training.learning_rate,
    training.momentum,
    training.batch,
    training.dropout,
    night.steps,
    night.rate,
    night.inc,
    night.dec,
    night.beta,
    night.alpha,
    night.decay,
    night.w_inh,
    night.gate,
    night.dream,
    night.window,
    fine_tuning,
];

/// How the paths of the numbers of fine-tuning begin.
const TUNING: &str = "fine_tuning.";

/// The path of every value of a recipe.
pub fn setting_paths() -> impl Iterator<Item = &'static str> {
    SETTINGS.iter().map(|setting| setting.path)
}

impl Recipe {
    /// The value at a path as RON, `None` if there is no such path.
    pub fn get(&self, path: &str) -> Option<String> {
        let setting = SETTINGS.iter().find(|setting| setting.path == path)?;
        (setting.read)(self).ok()
    }

    /// Changes one value: `path=value`, the value in RON. Besides the paths of [`setting_paths`], those of the
    /// [`super::PARAMETERS`] are known.
    ///
    /// Whether the recipe makes sense as a whole is not checked, for one change may need another: see
    /// [`Recipe::validate`].
    ///
    /// # Errors
    /// One sentence that names the path and what could stand there. The recipe is then as it was.
    pub fn set(&mut self, assignment: &str) -> Result<(), RecipeError> {
        let Some((path, value)) = assignment.split_once('=') else {
            return Err(RecipeError::Setting {
                path: assignment.trim().to_owned(),
                reason: "write path=value, as in night.steps=100".to_owned(),
            });
        };
        let (path, value) = (path.trim(), value.trim());
        let refuse = |reason| {
            Err(RecipeError::Setting {
                path: path.to_owned(),
                reason,
            })
        };
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.path == path) {
            return (setting.write)(self, value).or_else(|error| {
                let now = (setting.read)(self).unwrap_or_default();
                refuse(format!(
                    "`{value}` cannot stand there ({}); now it is {now}",
                    error.code
                ))
            });
        }
        // A number inside a value, like the scale of gains from data.
        let Some(parameter) = parameter(path) else {
            return refuse(format!("there is no such value; {}", neighbours(path)));
        };
        if path.starts_with(TUNING) && self.fine_tuning.is_none() {
            // Whoever says how it is to be fine-tuned wants it to be; the rest is as usual.
            let mut tuned = self.clone();
            tuned.fine_tuning = Some(Self::usual_fine_tuning());
            tuned.set(assignment)?;
            *self = tuned;
            return Ok(());
        }
        if let Access::Whole(read, write) = &parameter.access {
            let now = read(self).unwrap_or_default();
            return match ron::from_str(value) {
                Ok(new) => {
                    write(self, new);
                    Ok(())
                }
                Err(error) => refuse(format!(
                    "`{value}` cannot stand there ({}); now it is {now}",
                    error.code
                )),
            };
        }
        let Access::Real(lend) = &parameter.access else {
            return refuse(format!("there is no such value; {}", neighbours(path)));
        };
        match (lend(self), ron::from_str(value)) {
            (Some(number), Ok(new)) => {
                *number = new;
                Ok(())
            }
            (Some(number), Err(error)) => refuse(format!(
                "`{value}` cannot stand there ({}); now it is {number}",
                error.code
            )),
            (None, _) => refuse("this recipe does not have it; set the value around it first".to_owned()),
        }
    }
}

/// The paths in the same section, or all, as a clause.
fn neighbours(path: &str) -> String {
    let section = path.split('.').next().unwrap_or_default();
    let tuning = PARAMETERS.iter().map(|parameter| parameter.path);
    let tuning = tuning.filter(|path| path.starts_with(TUNING));
    let near: Vec<&str> = setting_paths()
        .chain(tuning)
        .filter(|other| other.split_once('.').is_some_and(|(first, _)| first == section))
        .collect();
    if near.is_empty() {
        format!("a recipe has {}", setting_paths().collect::<Vec<_>>().join(", "))
    } else {
        format!("{section} has {}", near.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a value that is written other than it is read, and a path that reaches another field.
    #[test]
    fn setting_every_value_to_itself_changes_nothing() {
        for preset in presets() {
            let mut recipe = preset.recipe.clone();
            for path in setting_paths() {
                let value = recipe.get(path).expect("every path can be read");
                recipe.set(&format!("{path}={value}")).expect("its own value fits");
                assert_eq!(recipe, preset.recipe, "{path}");
            }
        }
    }

    /// Catches a field of the recipe that the table forgets, now or when one is added.
    #[test]
    fn every_field_has_a_path() {
        let mut recipe = presets().swap_remove(0).recipe;
        // Left out of files where it says nothing.
        recipe.data.balance = crate::data::Balance::LongTail { ratio: 2.0 };
        recipe.fine_tuning = Some(Recipe::usual_fine_tuning());
        let ron::Value::Map(fields) = ron::from_str(&recipe.to_ron()).unwrap() else {
            panic!("a recipe is a struct")
        };
        let mut seen = 0;
        for (section, value) in fields.iter() {
            let ron::Value::String(section) = section else {
                panic!("{section:?}")
            };
            let inner = match value {
                ron::Value::Map(inner) => inner.keys().map(|key| format!("{section}.{}", text(key))).collect(),
                _ => vec![section.clone()],
            };
            for path in inner {
                assert!(recipe.get(&path).is_some(), "no path {path}");
                seen += 1;
            }
        }
        assert_eq!(seen, setting_paths().count());
        for parameter in PARAMETERS {
            let value = parameter.values(&recipe);
            if matches!(parameter.access, Access::Real(_)) && !value.is_empty() {
                let mut same = recipe.clone();
                same.set(&format!("{}={}", parameter.path, value[0])).unwrap();
                assert_eq!(same, recipe);
            }
        }
    }

    fn text(key: &ron::Value) -> &str {
        match key {
            ron::Value::String(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_of_every_kind_can_be_set() {
        let mut recipe = presets().swap_remove(0).recipe;
        for (path, value, reads) in [
            ("night.steps", "100", "100"),
            ("night.beta", "[1, 2,3]", "[1.0,2.0,3.0]"),
            // The RON library writes it so, lest it be taken for no value at all, and reads both.
            ("night.gate", "None", "r#None"),
            ("night.gate", "SoftBounds(bound: 0.1)", "SoftBounds(bound:0.1)"),
            ("data.images", "Count(300)", "Count(300)"),
            ("data.set", "FashionMnist", "FashionMnist"),
            ("night.alpha", "Given([1,2,3])", "Given([1.0,2.0,3.0])"),
            ("seed", "7", "7"),
            ("name", "\"a = b\"", "\"a = b\""),
        ] {
            recipe.set(&format!(" {path} = {value} ")).unwrap();
            assert_eq!(recipe.get(path).as_deref(), Some(reads));
            let before = recipe.clone();
            recipe.set(&format!("{path}={reads}")).unwrap();
            assert_eq!(recipe, before);
        }
        recipe.set("night.gate=None").unwrap();
        assert_eq!(Recipe::from_ron(&recipe.to_ron()).unwrap(), recipe);
    }

    /// Catches a number of fine-tuning that cannot be set alone, or that is set while the rest is not as usual.
    #[test]
    fn a_number_of_fine_tuning_turns_it_on() {
        let mut recipe = presets().swap_remove(0).recipe;
        let before = recipe.clone();
        for (assignment, says) in [
            ("fine_tuning.epochs=x", "now it is 1"),
            (
                "fine_tuning.rate=1",
                "fine_tuning has fine_tuning.epochs, fine_tuning.learning_rate",
            ),
        ] {
            let error = recipe.set(assignment).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            assert_eq!(recipe, before);
        }
        recipe.set("fine_tuning.epochs=3").unwrap();
        recipe.set("fine_tuning.learning_rate=0.01").unwrap();
        let tuning = recipe.fine_tuning.clone().unwrap();
        assert_eq!((tuning.epochs, tuning.batch), (3, 100));
        assert!((tuning.learning_rate - 0.01).abs() < 1e-12);
        assert_eq!(Recipe::from_ron(&recipe.to_ron()).unwrap(), recipe);
        recipe.set("fine_tuning.epochs=0").unwrap();
        let error = recipe.validate().unwrap_err().to_string();
        assert_eq!(error, "fine_tuning.epochs is 0, but must be from 1 to 1000");
        recipe.set("fine_tuning=None").unwrap();
        assert_eq!(recipe, before);
        assert!(!recipe.to_ron().contains("fine_tuning"));
    }

    /// Catches an error that does not say where it is or what would be right, and a recipe half changed by one.
    #[test]
    fn mistakes_are_explained() {
        let mut recipe = presets().swap_remove(0).recipe;
        let before = recipe.clone();
        for (assignment, says) in [
            ("night.step=3", "night has night.steps,"),
            ("sleep.steps=3", "a recipe has name, note, seed, data.set,"),
            ("night.steps", "path=value"),
            ("night.steps=1.5", "now it is 566"),
            ("night.gate=Foo", "`SoftBounds`"),
            ("night.beta=[1,", "night.beta"),
            ("night.alpha.FromData.scale=x", "night.alpha.FromData.scale"),
            ("data.set=mnist", "`Mnist`"),
        ] {
            let error = recipe.set(assignment).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
        assert_eq!(recipe, before);
        recipe.set("night.alpha=Given([1,2,3])").unwrap();
        let error = recipe.set("night.alpha.FromData.scale=1").unwrap_err().to_string();
        assert!(error.contains("does not have it"), "{error}");
    }
}
