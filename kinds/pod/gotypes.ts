// The internal types of a pod's spec as kube-apiserver prints them in the diff of a refused update: per Go struct its fields in order, each with
// its name in the API (when not the same but for the first letter), its zero value and the struct it holds. Read by gospec.ts; taken from
// kk:pkg/apis/core/types.go and api/core/v1/types.go of 1.36.3. Zero: n null, s "", i 0, b false, o a struct, q "0", m metadata.
export const GO_TYPES = `PodSpec Volumes:n@Volume InitContainers:n@Container Containers:n@Container EphemeralContainers:n@EphemeralContainer RestartPolicy:s TerminationGracePeriodSeconds:n ActiveDeadlineSeconds:n DNSPolicy=dnsPolicy:s NodeSelector:n ServiceAccountName:s AutomountServiceAccountToken:n NodeName:s SecurityContext:n@PodSecurityContext ImagePullSecrets:n@LocalObjectReference Hostname:s Subdomain:s SetHostnameAsFQDN:n Affinity:n@Affinity SchedulerName:s Tolerations:n@Toleration HostAliases:n@HostAlias PriorityClassName:s Priority:n PreemptionPolicy:n DNSConfig=dnsConfig:n@PodDNSConfig ReadinessGates:n@PodReadinessGate RuntimeClassName:n Overhead:n EnableServiceLinks:n TopologySpreadConstraints:n@TopologySpreadConstraint OS=os:n@PodOS SchedulingGates:n@PodSchedulingGate ResourceClaims:n@PodResourceClaim Resources:n@ResourceRequirements HostnameOverride:n SchedulingGroup:n@PodSchedulingGroup
Volume Name:s HostPath:n@HostPathVolumeSource EmptyDir:n@EmptyDirVolumeSource GCEPersistentDisk=gcePersistentDisk:n@GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:n@AWSElasticBlockStoreVolumeSource GitRepo:n@GitRepoVolumeSource Secret:n@SecretVolumeSource NFS=nfs:n@NFSVolumeSource ISCSI=iscsi:n@ISCSIVolumeSource Glusterfs:n@GlusterfsVolumeSource PersistentVolumeClaim:n@PersistentVolumeClaimVolumeSource RBD=rbd:n@RBDVolumeSource Quobyte:n@QuobyteVolumeSource FlexVolume:n@FlexVolumeSource Cinder:n@CinderVolumeSource CephFS=cephfs:n@CephFSVolumeSource Flocker:n@FlockerVolumeSource DownwardAPI:n@DownwardAPIVolumeSource FC=fc:n@FCVolumeSource AzureFile:n@AzureFileVolumeSource ConfigMap:n@ConfigMapVolumeSource VsphereVolume:n@VsphereVirtualDiskVolumeSource AzureDisk:n@AzureDiskVolumeSource PhotonPersistentDisk:n@PhotonPersistentDiskVolumeSource Projected:n@ProjectedVolumeSource PortworxVolume:n@PortworxVolumeSource ScaleIO:n@ScaleIOVolumeSource StorageOS=storageos:n@StorageOSVolumeSource CSI=csi:n@CSIVolumeSource Ephemeral:n@EphemeralVolumeSource Image:n@ImageVolumeSource
Container Name:s Image:s Command:n Args:n WorkingDir:s Ports:n@ContainerPort EnvFrom:n@EnvFromSource Env:n@EnvVar Resources:o@ResourceRequirements ResizePolicy:n@ContainerResizePolicy RestartPolicy:n RestartPolicyRules:n@ContainerRestartRule VolumeMounts:n@VolumeMount VolumeDevices:n@VolumeDevice LivenessProbe:n@Probe ReadinessProbe:n@Probe StartupProbe:n@Probe Lifecycle:n@Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:n@SecurityContext Stdin:b StdinOnce:b TTY=tty:b
EphemeralContainer Name:s Image:s Command:n Args:n WorkingDir:s Ports:n@ContainerPort EnvFrom:n@EnvFromSource Env:n@EnvVar Resources:o@ResourceRequirements ResizePolicy:n@ContainerResizePolicy RestartPolicy:n RestartPolicyRules:n@ContainerRestartRule VolumeMounts:n@VolumeMount VolumeDevices:n@VolumeDevice LivenessProbe:n@Probe ReadinessProbe:n@Probe StartupProbe:n@Probe Lifecycle:n@Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:n@SecurityContext Stdin:b StdinOnce:b TTY=tty:b TargetContainerName:s
PodSecurityContext HostNetwork:b HostPID:b HostIPC:b ShareProcessNamespace:n HostUsers:n SELinuxOptions=seLinuxOptions:n@SELinuxOptions WindowsOptions:n@WindowsSecurityContextOptions RunAsUser:n RunAsGroup:n RunAsNonRoot:n SupplementalGroups:n SupplementalGroupsPolicy:n FSGroup=fsGroup:n FSGroupChangePolicy=fsGroupChangePolicy:n Sysctls:n@Sysctl SeccompProfile:n@SeccompProfile AppArmorProfile:n@AppArmorProfile SELinuxChangePolicy=seLinuxChangePolicy:n
LocalObjectReference Name:s
Affinity NodeAffinity:n@NodeAffinity PodAffinity:n@PodAffinity PodAntiAffinity:n@PodAntiAffinity
Toleration Key:s Operator:s Value:s Effect:s TolerationSeconds:n
HostAlias IP=ip:s Hostnames:n
PodDNSConfig Nameservers:n Searches:n Options:n@PodDNSConfigOption
PodReadinessGate ConditionType:s
TopologySpreadConstraint MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:n MinDomains:n NodeAffinityPolicy:n NodeTaintsPolicy:n MatchLabelKeys:n
PodOS Name:s
PodSchedulingGate Name:s
PodResourceClaim Name:s ResourceClaimName:n ResourceClaimTemplateName:n
ResourceRequirements Limits:n Requests:n Claims:n@ResourceClaim
PodSchedulingGroup PodGroupName:n
HostPathVolumeSource Path:s Type:n
EmptyDirVolumeSource Medium:s SizeLimit:n
GCEPersistentDiskVolumeSource PDName=pdName:s FSType=fsType:s Partition:i ReadOnly:b
AWSElasticBlockStoreVolumeSource VolumeID:s FSType=fsType:s Partition:i ReadOnly:b
GitRepoVolumeSource Repository:s Revision:s Directory:s
SecretVolumeSource SecretName:s Items:n@KeyToPath DefaultMode:n Optional:n
NFSVolumeSource Server:s Path:s ReadOnly:b
ISCSIVolumeSource TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s FSType=fsType:s ReadOnly:b Portals:n DiscoveryCHAPAuth=chapAuthDiscovery:b SessionCHAPAuth=chapAuthSession:b SecretRef:n@LocalObjectReference InitiatorName:n
GlusterfsVolumeSource EndpointsName=endpoints:s Path:s ReadOnly:b
PersistentVolumeClaimVolumeSource ClaimName:s ReadOnly:b
RBDVolumeSource CephMonitors=monitors:n RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:n@LocalObjectReference ReadOnly:b
QuobyteVolumeSource Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s
FlexVolumeSource Driver:s FSType=fsType:s SecretRef:n@LocalObjectReference ReadOnly:b Options:n
CinderVolumeSource VolumeID:s FSType=fsType:s ReadOnly:b SecretRef:n@LocalObjectReference
CephFSVolumeSource Monitors:n Path:s User:s SecretFile:s SecretRef:n@LocalObjectReference ReadOnly:b
FlockerVolumeSource DatasetName:s DatasetUUID:s
DownwardAPIVolumeSource Items:n@DownwardAPIVolumeFile DefaultMode:n
FCVolumeSource TargetWWNs:n Lun:n FSType=fsType:s ReadOnly:b WWIDs=wwids:n
AzureFileVolumeSource SecretName:s ShareName:s ReadOnly:b
ConfigMapVolumeSource Name:s Items:n@KeyToPath DefaultMode:n Optional:n
VsphereVirtualDiskVolumeSource VolumePath:s FSType=fsType:s StoragePolicyName:s StoragePolicyID:s
AzureDiskVolumeSource DiskName:s DataDiskURI=diskURI:s CachingMode:n FSType=fsType:n ReadOnly:n Kind:n
PhotonPersistentDiskVolumeSource PdID:s FSType=fsType:s
ProjectedVolumeSource Sources:n@VolumeProjection DefaultMode:n
PortworxVolumeSource VolumeID:s FSType=fsType:s ReadOnly:b
ScaleIOVolumeSource Gateway:s System:s SecretRef:n@LocalObjectReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s FSType=fsType:s ReadOnly:b
StorageOSVolumeSource VolumeName:s VolumeNamespace:s FSType=fsType:s ReadOnly:b SecretRef:n@LocalObjectReference
CSIVolumeSource Driver:s ReadOnly:n FSType=fsType:n VolumeAttributes:n NodePublishSecretRef:n@LocalObjectReference
EphemeralVolumeSource VolumeClaimTemplate:n@PersistentVolumeClaimTemplate
ImageVolumeSource Reference:s PullPolicy:s
ContainerPort Name:s HostPort:i ContainerPort:i Protocol:s HostIP:s
EnvFromSource Prefix:s ConfigMapRef:n@ConfigMapEnvSource SecretRef:n@SecretEnvSource
EnvVar Name:s Value:s ValueFrom:n@EnvVarSource
ContainerResizePolicy ResourceName:s RestartPolicy:s
ContainerRestartRule Action:s ExitCodes:n@ContainerRestartRuleOnExitCodes
VolumeMount Name:s ReadOnly:b RecursiveReadOnly:n MountPath:s SubPath:s MountPropagation:n SubPathExpr:s
VolumeDevice Name:s DevicePath:s
Probe Exec:n@ExecAction HTTPGet=httpGet:n@HTTPGetAction TCPSocket=tcpSocket:n@TCPSocketAction GRPC=grpc:n@GRPCAction InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i FailureThreshold:i TerminationGracePeriodSeconds:n
Lifecycle PostStart:n@LifecycleHandler PreStop:n@LifecycleHandler StopSignal:n
SecurityContext Capabilities:n@Capabilities Privileged:n SELinuxOptions=seLinuxOptions:n@SELinuxOptions WindowsOptions:n@WindowsSecurityContextOptions RunAsUser:n RunAsGroup:n RunAsNonRoot:n ReadOnlyRootFilesystem:n AllowPrivilegeEscalation:n ProcMount:n SeccompProfile:n@SeccompProfile AppArmorProfile:n@AppArmorProfile
SELinuxOptions User:s Role:s Type:s Level:s
WindowsSecurityContextOptions GMSACredentialSpecName=gmsaCredentialSpecName:n GMSACredentialSpec=gmsaCredentialSpec:n RunAsUserName:n HostProcess:n
Sysctl Name:s Value:s
SeccompProfile Type:s LocalhostProfile:n
AppArmorProfile Type:s LocalhostProfile:n
NodeAffinity RequiredDuringSchedulingIgnoredDuringExecution:n@NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:n@PreferredSchedulingTerm
PodAffinity RequiredDuringSchedulingIgnoredDuringExecution:n@PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:n@WeightedPodAffinityTerm
PodAntiAffinity RequiredDuringSchedulingIgnoredDuringExecution:n@PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:n@WeightedPodAffinityTerm
PodDNSConfigOption Name:s Value:n
ResourceClaim Name:s Request:s
KeyToPath Key:s Path:s Mode:n
DownwardAPIVolumeFile Path:s FieldRef:n@ObjectFieldSelector ResourceFieldRef:n@ResourceFieldSelector Mode:n
VolumeProjection Secret:n@SecretProjection DownwardAPI:n@DownwardAPIProjection ConfigMap:n@ConfigMapProjection ServiceAccountToken:n@ServiceAccountTokenProjection ClusterTrustBundle:n@ClusterTrustBundleProjection PodCertificate:n@PodCertificateProjection
PersistentVolumeClaimTemplate Spec:o@PersistentVolumeClaimSpec
ConfigMapEnvSource Name:s Optional:n
SecretEnvSource Name:s Optional:n
EnvVarSource FieldRef:n@ObjectFieldSelector ResourceFieldRef:n@ResourceFieldSelector ConfigMapKeyRef:n@ConfigMapKeySelector SecretKeyRef:n@SecretKeySelector FileKeyRef:n@FileKeySelector
ContainerRestartRuleOnExitCodes Operator:s Values:n
ExecAction Command:n
HTTPGetAction Path:s Port:i Host:s Scheme:s HTTPHeaders=httpHeaders:n@HTTPHeader
TCPSocketAction Port:i Host:s
GRPCAction Port:i Service:n
LifecycleHandler Exec:n@ExecAction HTTPGet=httpGet:n@HTTPGetAction TCPSocket=tcpSocket:n@TCPSocketAction Sleep:n@SleepAction
Capabilities Add:n Drop:n
NodeSelector NodeSelectorTerms:n@NodeSelectorTerm
PreferredSchedulingTerm Weight:i Preference:o@NodeSelectorTerm
PodAffinityTerm LabelSelector:n Namespaces:n TopologyKey:s NamespaceSelector:n MatchLabelKeys:n MismatchLabelKeys:n
WeightedPodAffinityTerm Weight:i PodAffinityTerm:o@PodAffinityTerm
ObjectFieldSelector APIVersion=apiVersion:s FieldPath:s
ResourceFieldSelector ContainerName:s Resource:s Divisor:q
SecretProjection Name:s Items:n@KeyToPath Optional:n
DownwardAPIProjection Items:n@DownwardAPIVolumeFile
ConfigMapProjection Name:s Items:n@KeyToPath Optional:n
ServiceAccountTokenProjection Audience:s ExpirationSeconds:i Path:s
ClusterTrustBundleProjection Name:n SignerName:n LabelSelector:n Optional:n Path:s
PodCertificateProjection SignerName:s KeyType:s MaxExpirationSeconds:n CredentialBundlePath:s KeyPath:s CertificateChainPath:s UserAnnotations:n
PersistentVolumeClaimSpec AccessModes:n Selector:n Resources:o@VolumeResourceRequirements VolumeName:s StorageClassName:n VolumeMode:n DataSource:n@TypedLocalObjectReference DataSourceRef:n@TypedObjectReference VolumeAttributesClassName:n
ConfigMapKeySelector Name:s Key:s Optional:n
SecretKeySelector Name:s Key:s Optional:n
FileKeySelector VolumeName:s Path:s Key:s Optional:n
HTTPHeader Name:s Value:s
SleepAction Seconds:i
NodeSelectorTerm MatchExpressions:n@NodeSelectorRequirement MatchFields:n@NodeSelectorRequirement
VolumeResourceRequirements Limits:n Requests:n
TypedLocalObjectReference APIGroup=apiGroup:n Kind:s Name:s
TypedObjectReference APIGroup=apiGroup:n Kind:s Name:s Namespace:n
NodeSelectorRequirement Key:s Operator:s Values:n`;
