//! What draws without a display: the same renderer as the window's, on a graphics card or on software, into memory.

use std::sync::Arc;
use std::time::Duration;

use egui::{Context, FullOutput};
use egui_wgpu::wgpu;
use egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuError, WgpuSetup, WgpuSetupCreateNew,
};
use image::RgbaImage;

/// Longest wait for a picture to be drawn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of a pixel.
const PIXEL: usize = 4;

/// A renderer without a window.
pub struct Canvas {
    state: RenderState,
}

impl Canvas {
    /// Looks for something that can draw; software comes first, for it draws the same everywhere.
    ///
    /// # Errors
    /// One sentence: nothing can draw here, and what to do.
    pub fn new() -> Result<Self, String> {
        // OpenGL only where there is nothing newer: merely looking for it makes some drivers talk.
        let first = wgpu::Backends::from_env().unwrap_or(wgpu::Backends::PRIMARY);
        let state = Self::renderer(first).or_else(|fault| Self::renderer(wgpu::Backends::GL).map_err(|_| fault));
        let state = state.map_err(|error| {
            let error = error.to_string().to_lowercase();
            format!(
                "nothing here can draw pictures ({error}): install a graphics driver, such as the software one of the package \
                 mesa-vulkan-drivers, or write the data with `somnoscope export`"
            )
        })?;
        Ok(Self { state })
    }

    /// A renderer through one of these interfaces.
    fn renderer(backends: wgpu::Backends) -> Result<RenderState, WgpuError> {
        let mut setup = WgpuSetupCreateNew::without_display_handle();
        setup.instance_descriptor.backends = backends;
        setup.native_adapter_selector = Some(Arc::new(|adapters, _| {
            let rank = |adapter: &&wgpu::Adapter| adapter.get_info().device_type != wgpu::DeviceType::Cpu;
            let best = adapters.iter().min_by_key(rank);
            best.cloned().ok_or_else(|| "none found".to_owned())
        }));
        let setup = WgpuSetup::CreateNew(setup);
        let instance = pollster::block_on(setup.new_instance());
        let configuration = WgpuConfiguration {
            wgpu_setup: setup,
            ..WgpuConfiguration::default()
        };
        let state = RenderState::create(&configuration, &instance, None, RendererOptions::PREDICTABLE);
        pollster::block_on(state)
    }

    /// Takes over what a frame has changed in textures: every frame must be shown to it.
    pub fn take(&self, output: &mut FullOutput) {
        let mut renderer = self.state.renderer.write();
        // Each texture is its own business; the order means nothing.
        let set: std::collections::BTreeMap<_, _> = output.textures_delta.set.drain().collect();
        for (id, images) in set {
            for image in images {
                renderer.update_texture(&self.state.device, &self.state.queue, id, &image);
            }
        }
        let free: std::collections::BTreeSet<_> = output.textures_delta.free.drain().collect();
        for id in free {
            renderer.free_texture(&id);
        }
    }

    /// Draws a frame.
    ///
    /// # Errors
    /// One sentence: the driver did not do it.
    pub fn paint(&self, ctx: &Context, output: &FullOutput) -> Result<RgbaImage, String> {
        let (device, queue) = (&self.state.device, &self.state.queue);
        let mut renderer = self.state.renderer.write();
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let screen = ScreenDescriptor {
            pixels_per_point: scale,
            size_in_pixels: [size.x.round() as u32, size.y.round() as u32],
        };
        let [width, height] = screen.size_in_pixels;
        let shapes = ctx.tessellate(output.shapes.clone(), scale);
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let buffers = renderer.update_buffers(device, queue, &mut encoder, &shapes, &screen);
        let texture = device.create_texture(&wgpu::TextureDescriptor {
            label: Some("picture"),
            size: wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.state.target_format,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut pass = encoder
            .begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("picture"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                    depth_slice: None,
                })],
                ..wgpu::RenderPassDescriptor::default()
            })
            .forget_lifetime();
        renderer.render(&mut pass, &shapes, &screen);
        drop(pass);
        // Rows of a buffer begin at round places.
        let align = wgpu::COPY_BYTES_PER_ROW_ALIGNMENT as usize;
        let row = (width as usize * PIXEL).next_multiple_of(align);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: (row * height as usize) as u64,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        encoder.copy_texture_to_buffer(
            texture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row as u32),
                    rows_per_image: None,
                },
            },
            texture.size(),
        );
        queue.submit(buffers.into_iter().chain([encoder.finish()]));
        let (done_in, done) = crossbeam_channel::bounded(1);
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |outcome| {
            let _ = done_in.send(outcome);
        });
        let fault = |reason: String| format!("the picture could not be drawn: {reason}");
        device
            .poll(wgpu::PollType::Wait {
                submission_index: None,
                timeout: Some(PATIENCE),
            })
            .map_err(|error| fault(error.to_string()))?;
        let mapped = done.recv_timeout(PATIENCE).map_err(|error| fault(error.to_string()))?;
        mapped.map_err(|error| fault(error.to_string()))?;
        let bytes = buffer
            .slice(..)
            .get_mapped_range()
            .map_err(|error| fault(error.to_string()))?;
        let rows = bytes.chunks_exact(row);
        let pixels = rows.flat_map(|row| &row[..width as usize * PIXEL]).copied().collect();
        RgbaImage::from_raw(width, height, pixels).ok_or_else(|| fault("its size is not the one asked for".to_owned()))
    }
}
